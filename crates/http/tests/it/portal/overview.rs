//! The licenses overview: order, pages, filters, totals, and the plot of what expires when.

use chrono::{DateTime, TimeDelta, Utc};
use grantry_model::name::fold;
use grantry_model::overview::{LicenseCounts, OverviewFilter, OverviewOrder, OverviewRow};
use grantry_model::page::PageRequest;
use grantry_ops::licenses::{Overview, overview};
use grantry_testdb::both_engines;
use grantry_testkit::hub::{START, TestHub, Vendor, license_key};
use serde_json::json;

use super::calling;

/// The last moment at which a key may expire.
const END: &str = "9999-12-31T23:59:59Z";

fn days(count: i64) -> DateTime<Utc> {
    START + TimeDelta::days(count)
}

/// Gives a customer, or all of them, a key that expires at this moment.
async fn add_key(vendor: &Vendor, customer: Option<&str>, expires_at: DateTime<Utc>) {
    let name = format!("KEY {}", uuid::Uuid::from_u128(number_of(customer, expires_at)));
    let mut key = license_key(&name, customer);
    key["notBefore"] = "2020-01-01T00:00:00Z".into();
    key["expiresAt"] = expires_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true).into();
    vendor.admin.post("/api/v1/license-keys", key).await.expect(200);
}

/// A number that is another one for each customer and moment.
fn number_of(customer: Option<&str>, at: DateTime<Utc>) -> u128 {
    let customer = customer.map_or(0, |id| id.parse::<uuid::Uuid>().unwrap().as_u128());
    customer ^ u128::from(at.timestamp().unsigned_abs())
}

/// Customers with the moments at which their keys expire. Many end alike, and some names look alike.
async fn fill(vendor: &Vendor) {
    let end = END.parse().unwrap();
    let customers: [(&str, &[DateTime<Utc>]); 16] = [
        ("Initech", &[days(90)]),
        ("initech.", &[days(90)]),
        ("Initech 2", &[days(90), days(400)]),
        ("Initech 10", &[days(-10), days(90)]),
        ("İnitech", &[days(90)]),
        ("Ärger", &[days(30)]),
        ("Ärger\u{200d}x", &[days(30)]),
        ("A\u{308}rger GmbH", &[days(30)]),
        ("А", &[days(-1), days(-2)]),
        ("A", &[days(0)]),
        ("100 % _rein_", &[]),
        ("100 \\ rein", &[]),
        ("Zürich", &[end]),
        ("zebra", &[days(30) + TimeDelta::seconds(1)]),
        ("日本", &[]),
        ("𝔘nicode", &[days(1)]),
    ];
    for (name, expiries) in customers {
        let id = vendor.add_customer(name).await;
        for expires_at in expiries {
            add_key(vendor, Some(&id), *expires_at).await;
        }
    }
}

/// All rows, in pages of this many.
async fn walk(hub: &TestHub, listed: (OverviewFilter, OverviewOrder), limit: usize) -> Vec<OverviewRow> {
    let caller = calling(&hub.ops, &hub.acme.admin).await;
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = PageRequest { search: None, after, limit: Some(limit) };
        let found = overview(&hub.ops, &caller, listed, &page).await.unwrap().page;
        assert!(found.items.len() <= limit && rows.len() < 100, "the list goes on and on");
        rows.extend(found.items);
        after = found.next;
        if after.is_none() {
            return rows;
        }
    }
}

async fn all(hub: &TestHub, search: &str) -> Overview {
    let caller = calling(&hub.ops, &hub.acme.admin).await;
    let page = PageRequest { search: Some(search.to_owned()), ..PageRequest::default() };
    overview(&hub.ops, &caller, (OverviewFilter::All, OverviewOrder::Name), &page).await.unwrap()
}

fn names(rows: &[OverviewRow]) -> Vec<&str> {
    rows.iter().map(|row| row.name.as_str()).collect()
}

/// Two organizations with the same customers, so that what leaks is seen.
async fn filled(db: grantry_testdb::database::TestDatabase) -> TestHub {
    let hub = TestHub::start(db).await;
    fill(&hub.acme).await;
    let globex = hub.add_vendor("Globex", "globex").await;
    fill(&globex).await;
    add_key(&globex, None, days(90)).await;
    hub
}

both_engines! {
    async fn pages_of_any_size_hold_each_customer_once_and_in_order(db: TestDatabase) {
        let hub = filled(db).await;
        for order in [OverviewOrder::Name, OverviewOrder::NextExpiry] {
            let whole = walk(&hub, (OverviewFilter::All, order), 1000).await;
            assert_eq!(whole.len(), 16);
            let mut sorted = whole.clone();
            sorted.sort_by_key(|row| {
                let next = row.next_expiry.unwrap_or(DateTime::<Utc>::MAX_UTC);
                (if order == OverviewOrder::Name { START } else { next }, fold(row.name.as_str()), row.customer.0)
            });
            assert_eq!(names(&whole), names(&sorted), "{order:?}");
            for limit in [1, 2, 3, 5, 15, 16, 17] {
                assert_eq!(walk(&hub, (OverviewFilter::All, order), limit).await, whole, "{order:?} {limit}");
            }
        }
    }

    async fn a_row_sums_up_what_its_customer_has(db: TestDatabase) {
        let hub = filled(db).await;
        let rows = walk(&hub, (OverviewFilter::All, OverviewOrder::Name), 100).await;
        let check = |name: &str, counts: [u64; 4], next: Option<DateTime<Utc>>, last: Option<DateTime<Utc>>| {
            let row = rows.iter().find(|row| row.name.as_str() == name).unwrap();
            assert_eq!([row.keys.total, row.keys.active, row.keys.expiring, row.keys.expired], counts, "{name}");
            assert_eq!((row.next_expiry, row.last_expiry), (next, last), "{name}");
        };
        check("Initech 2", [2, 2, 0, 0], Some(days(90)), None);
        check("Initech 10", [2, 1, 0, 1], Some(days(90)), Some(days(-10)));
        check("А", [2, 0, 0, 2], None, Some(days(-1)));
        check("A", [1, 0, 0, 1], None, Some(days(0)));
        check("Ärger", [1, 1, 1, 0], Some(days(30)), None);
        check("zebra", [1, 1, 0, 0], Some(days(30) + TimeDelta::seconds(1)), None);
        check("日本", [0, 0, 0, 0], None, None);
    }

    async fn filters_show_as_many_as_the_totals_say_whatever_is_searched_for(db: TestDatabase) {
        let hub = filled(db).await;
        let totals = all(&hub, "").await.totals;
        for (filter, total, expected) in [
            (OverviewFilter::All, totals.customers, 16),
            (OverviewFilter::Expiring, totals.expiring, 4),
            (OverviewFilter::Expired, totals.expired, 3),
            (OverviewFilter::Unlicensed, totals.unlicensed, 3),
        ] {
            for order in [OverviewOrder::Name, OverviewOrder::NextExpiry] {
                for limit in [1, 2, 100] {
                    let rows = walk(&hub, (filter, order), limit).await;
                    assert_eq!((rows.len(), total), (expected, expected as u64), "{filter:?} {:?}", names(&rows));
                }
            }
        }
        assert_eq!(totals.organization_wide.total, 0, "another organization's are not counted");
        for at in [days(-1), days(0), days(30), days(31)] {
            add_key(&hub.acme, None, at).await;
        }
        let wide = all(&hub, "").await.totals.organization_wide;
        assert_eq!([wide.total, wide.active, wide.expiring, wide.expired], [4, 2, 1, 2]);
        let searched = all(&hub, "initech 1").await;
        assert_eq!((names(&searched.page.items), searched.totals.customers), (vec!["Initech 10"], 16));
    }

    async fn a_search_takes_every_character_as_itself(db: TestDatabase) {
        let hub = filled(db).await;
        for (search, expected) in [
            ("100 %", vec!["100 % _rein_"]),
            ("_", vec!["100 % _rein_"]),
            ("\\", vec!["100 \\ rein"]),
            ("ZÜRICH", vec!["Zürich"]),
            ("ÄRGER\u{200d}X", vec!["Ärger\u{200d}x"]),
            ("'; drop table customer; --", vec![]),
        ] {
            assert_eq!(names(&all(&hub, search).await.page.items), expected, "{search}");
        }
        assert_eq!(all(&hub, "\0").await.page.items.len(), 16, "no name holds it, and it is left out");
    }

    async fn what_expires_within_twelve_months_is_counted_by_moment(db: TestDatabase) {
        let hub = filled(db).await;
        let year = days(365);
        for at in [days(90), year, year + TimeDelta::seconds(1)] {
            add_key(&hub.acme, None, at).await;
        }
        let expected = [
            (days(1), 1),
            (days(30), 3),
            (days(30) + TimeDelta::seconds(1), 1),
            (days(90), 6),
            (year, 1),
        ];
        assert_eq!(all(&hub, "nobody").await.expiries, expected);
    }

    async fn a_page_does_not_lose_a_customer_when_another_one_goes(db: TestDatabase) {
        let hub = filled(db).await;
        let caller = calling(&hub.ops, &hub.acme.admin).await;
        for order in [OverviewOrder::Name, OverviewOrder::NextExpiry] {
            let whole = walk(&hub, (OverviewFilter::All, order), 100).await;
            let page = PageRequest { limit: Some(4), ..PageRequest::default() };
            let first = overview(&hub.ops, &caller, (OverviewFilter::All, order), &page).await.unwrap().page;
            let gone = first.items[3].customer;
            hub.acme.admin.delete(&format!("/api/v1/customer-organizations/{gone}")).await.expect(204);
            let page = PageRequest { after: first.next, ..PageRequest::default() };
            let rest = overview(&hub.ops, &caller, (OverviewFilter::All, order), &page).await.unwrap().page;
            assert_eq!(names(&rest.items), names(&whole[4..]), "{order:?}");
        }
    }

    async fn artifact_entitlements_count_beside_license_keys(db: TestDatabase) {
        let hub = filled(db).await;
        hub.acme.push("ship", "1.0").await;
        let ship = hub.acme.artifact_id("ship").await;
        for (name, expiries) in [
            ("日本", vec![None, Some(days(10))]),
            ("Initech", vec![Some(days(5)), Some(days(-3)), Some(days(0))]),
            ("А", vec![Some(days(40))]),
        ] {
            let found = all(&hub, name).await.page.items;
            let customer = found.iter().find(|row| row.name.as_str() == name).unwrap().customer;
            for (number, expires_at) in expiries.into_iter().enumerate() {
                let body = json!({
                    "name": format!("Entitlement {number}"), "customerOrganizationId": customer,
                    "expiresAt": expires_at, "artifacts": [{ "artifactId": ship }],
                });
                hub.acme.admin.post("/api/v1/artifact-entitlements", body).await.expect(200);
            }
        }
        let rows = walk(&hub, (OverviewFilter::All, OverviewOrder::Name), 100).await;
        let check = |name: &str, keys: [u64; 4], entitlements: [u64; 4], next: Option<DateTime<Utc>>, last: Option<DateTime<Utc>>| {
            let row = rows.iter().find(|row| row.name.as_str() == name).unwrap();
            let of = |counts: LicenseCounts| [counts.total, counts.active, counts.expiring, counts.expired];
            assert_eq!((of(row.keys), of(row.artifact_entitlements)), (keys, entitlements), "{name}");
            assert_eq!((row.next_expiry, row.last_expiry), (next, last), "{name}");
        };
        check("日本", [0; 4], [2, 2, 1, 0], Some(days(10)), None);
        check("Initech", [1, 1, 0, 0], [3, 1, 1, 2], Some(days(5)), Some(days(0)));
        check("А", [2, 0, 0, 2], [1, 1, 0, 0], Some(days(40)), Some(days(-1)));
        check("Zürich", [1, 1, 0, 0], [0; 4], Some(END.parse().unwrap()), None);
        let overview = all(&hub, "").await;
        let expected = [(days(5), 1), (days(10), 1), (days(40), 1)];
        assert_eq!(overview.artifact_entitlement_expiries, expected);
        for (filter, total, expected) in [
            (OverviewFilter::Expiring, overview.totals.expiring, 6),
            (OverviewFilter::Expired, overview.totals.expired, 4),
            (OverviewFilter::Unlicensed, overview.totals.unlicensed, 2),
        ] {
            let rows = walk(&hub, (filter, OverviewOrder::NextExpiry), 3).await;
            assert_eq!((rows.len(), total), (expected, expected as u64), "{filter:?} {:?}", names(&rows));
        }
    }
}
