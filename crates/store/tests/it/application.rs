//! Applications, their versions and entitlements to them.

use chrono::TimeDelta;
use grantry_model::application::{
    Application, Chart, ChartKind, Resource, TargetKind, Use, Version, VersionFiles,
};
use grantry_model::application_entitlement::{ApplicationEntitlement, Of, Registry, Scope};
use grantry_model::name::Name;
use grantry_model::page::PageRequest;
use grantry_store::application::NAME_UNIQUE;
use grantry_store::application_entitlement::{NAME_UNIQUE as ENTITLEMENT_NAME_UNIQUE, RegistryPassword};
use grantry_store::application_version::NAME_UNIQUE as VERSION_NAME_UNIQUE;
use grantry_store::db::params;
use grantry_store::error::Error;
use grantry_store::store::Tx;
use grantry_testdb::both_engines;
use zeroize::Zeroizing;

use crate::sample::{NOW, customer, expect_conflict, id, permit, store_with, writing};

fn application(number: u128, name: &str) -> Application {
    let name = Name::parse("name", name).unwrap();
    Application { id: id(number), name, kind: TargetKind::Kubernetes, created_at: NOW, image: None }
}

fn version(number: u128, application: u128, name: &str) -> Version {
    let chart = Chart {
        kind: ChartKind::Repository,
        name: Some("fleet".to_owned()),
        url: "https://charts.example.com".to_owned(),
        version: "1.4.0".to_owned(),
    };
    Version {
        id: id(number),
        application: id(application),
        name: Name::parse("name", name).unwrap(),
        link_template: "https://{{ .Env.HOST }}".to_owned(),
        chart: Some(chart),
        created_at: NOW + TimeDelta::seconds(i64::try_from(number).unwrap()),
        archived_at: None,
    }
}

fn entitlement(number: u128, scope: Scope) -> ApplicationEntitlement {
    ApplicationEntitlement {
        id: id(number),
        customer: id(11),
        application: id(70),
        name: Name::parse("name", &format!("Gold {number}")).unwrap(),
        expires_at: None,
        created_at: NOW,
        scope,
        registry: None,
    }
}

/// Fleet (70) with versions 1.0 (80) and 1.1 (81).
async fn stocked(tx: &mut Tx) {
    tx.insert_application(&permit(1), &application(70, "Fleet")).await.unwrap();
    for (number, name) in [(80, "1.0"), (81, "1.1")] {
        let version = version(number, 70, name);
        tx.insert_application_version(&permit(1), &version, &VersionFiles::default(), &[]).await.unwrap();
    }
}

both_engines! {
    async fn names_are_taken_once(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        stocked(&mut tx).await;
        tx.insert_application(&permit(2), &application(71, "Fleet")).await.unwrap();
        expect_conflict(tx.insert_application(&permit(1), &application(72, "FLEET")).await, NAME_UNIQUE);
        drop(tx);
        let mut tx = writing(&db.database).await;
        stocked(&mut tx).await;
        let twice = version(82, 70, "1.1");
        expect_conflict(
            tx.insert_application_version(&permit(1), &twice, &VersionFiles::default(), &[]).await,
            VERSION_NAME_UNIQUE,
        );
        drop(tx);
        let mut tx = writing(&db.database).await;
        stocked(&mut tx).await;
        let kept = &RegistryPassword::Cleared;
        tx.insert_application_entitlement(&permit(1), &entitlement(90, Scope::All), kept).await.unwrap();
        let twice = ApplicationEntitlement { id: id(91), ..entitlement(90, Scope::All) };
        expect_conflict(
            tx.insert_application_entitlement(&permit(1), &twice, kept).await,
            ENTITLEMENT_NAME_UNIQUE,
        );
    }

    async fn version_comes_back_as_it_was_put_in(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        tx.insert_application(&permit(1), &application(70, "Fleet")).await.unwrap();
        // Sixteen bytes, which SQLite can't tell from an id.
        let files = VersionFiles {
            compose: Some(b"services: {}\r\n#\t".to_vec()),
            values: None,
            template: Some("A=é\n".as_bytes().to_vec()),
        };
        let resources = ["Manual", "Changes"].map(|name| Resource {
            id: id(if name == "Manual" { 85 } else { 86 }),
            name: Name::parse("name", name).unwrap(),
            content: format!("# {name}\n"),
            visible_to_customers: name == "Manual",
        });
        let version = version(80, 70, "1.0");
        tx.insert_application_version(&permit(1), &version, &files, &resources).await.unwrap();
        assert_eq!(tx.find_application_version(&permit(1), id(80)).await.unwrap(), Some(version.clone()));
        assert_eq!(tx.version_files(&permit(1), id(80)).await.unwrap(), Some(files));
        assert_eq!(tx.list_resources(&permit(1), id(80)).await.unwrap(), resources);
        let name = Name::parse("name", "1.0.1").unwrap();
        tx.update_application_version(&permit(1), id(80), (&name, Some(NOW))).await.unwrap();
        let changed = Version { name, archived_at: Some(NOW), ..version };
        assert_eq!(tx.list_application_versions(&permit(1), id(70)).await.unwrap(), [changed]);
    }

    async fn another_organization_reaches_nothing(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        stocked(&mut tx).await;
        let gold = entitlement(90, Scope::Chosen([id(80)].into()));
        tx.insert_application_entitlement(&permit(1), &gold, &RegistryPassword::Cleared).await.unwrap();
        let other = permit(2);
        let name = Name::parse("name", "Stolen").unwrap();
        tx.rename_application(&other, id(70), &name).await.unwrap();
        tx.update_application_version(&other, id(80), (&name, Some(NOW))).await.unwrap();
        let stolen = ApplicationEntitlement { name, scope: Scope::Chosen([id(81)].into()), ..gold.clone() };
        tx.update_application_entitlement(&other, &stolen, &RegistryPassword::Cleared).await.unwrap();
        tx.delete_application_entitlement(&other, id(90)).await.unwrap();
        tx.delete_application(&other, id(70)).await.unwrap();
        assert_eq!(tx.find_application(&other, id(70)).await.unwrap(), None);
        assert_eq!(tx.find_application_version(&other, id(80)).await.unwrap(), None);
        assert_eq!(tx.version_files(&other, id(80)).await.unwrap(), None);
        assert_eq!(tx.list_application_versions(&other, id(70)).await.unwrap(), []);
        assert_eq!(tx.find_application_entitlement(&other, id(90)).await.unwrap(), None);
        assert_eq!(tx.list_application_uses(&other, id(70)).await.unwrap(), []);
        assert_eq!(tx.find_application(&permit(1), id(70)).await.unwrap().unwrap().name.as_str(), "Fleet");
        assert_eq!(tx.list_application_versions(&permit(1), id(70)).await.unwrap().len(), 2);
        assert_eq!(tx.find_application_entitlement(&permit(1), id(90)).await.unwrap(), Some(gold));
    }

    async fn entitlement_comes_back_as_it_was_put_in(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        stocked(&mut tx).await;
        let scopes = [
            Scope::Chosen([id(80)].into()),
            Scope::Current([id(80), id(81)].into()),
            Scope::All,
            Scope::Range(">=1, <2".parse().unwrap()),
            Scope::PublishedUntil(NOW + TimeDelta::microseconds(1)),
        ];
        let mut expected = Vec::new();
        for (number, scope) in (90..).zip(scopes) {
            let one = ApplicationEntitlement { expires_at: Some(NOW), ..entitlement(number, scope) };
            tx.insert_application_entitlement(&permit(1), &one, &RegistryPassword::Cleared).await.unwrap();
            expected.push(one);
        }
        assert_eq!(tx.list_application_entitlements(&permit(1), None).await.unwrap(), expected);
        for (customer, application, count) in
            [(None, Some(70), 5), (Some(11), None, 5), (None, Some(71), 0), (Some(12), Some(70), 0)]
        {
            let of = Of { customer: customer.map(id), application: application.map(id) };
            let found = tx.page_application_entitlements(&permit(1), of, &PageRequest::default()).await.unwrap();
            assert_eq!(found.items.len(), count, "{of:?}");
        }
        let page = PageRequest { limit: Some(2), ..PageRequest::default() };
        let first = tx.page_application_entitlements(&permit(1), Of::default(), &page).await.unwrap();
        let page = PageRequest { after: first.next, ..page };
        let second = tx.page_application_entitlements(&permit(1), Of::default(), &page).await.unwrap();
        assert_eq!([first.items, second.items].concat(), expected[..4]);
        let all = ApplicationEntitlement { scope: Scope::All, expires_at: None, ..expected[0].clone() };
        tx.update_application_entitlement(&permit(1), &all, &RegistryPassword::Kept).await.unwrap();
        assert_eq!(tx.find_application_entitlement(&permit(1), id(90)).await.unwrap(), Some(all));
        assert_eq!(tx.count_customers_with_applications(&permit(1), NOW).await.unwrap(), 1);
    }

    async fn password_of_a_registry_is_sealed(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        stocked(&mut tx).await;
        let registry = Some(Registry { host: "registry.example.com".to_owned(), username: "robot".to_owned() });
        let gold = ApplicationEntitlement { registry, ..entitlement(90, Scope::All) };
        let password = RegistryPassword::Set(Zeroizing::new("hunter2!".to_owned()));
        tx.insert_application_entitlement(&permit(1), &gold, &password).await.unwrap();
        tx.update_application_entitlement(&permit(1), &gold, &RegistryPassword::Kept).await.unwrap();
        let login = tx.registry_login(&permit(1), id(90)).await.unwrap().unwrap();
        let told = (login.host.as_str(), login.username.as_str(), login.password.as_str());
        assert_eq!(told, ("registry.example.com", "robot", "hunter2!"));
        assert!(tx.registry_login(&permit(2), id(90)).await.unwrap().is_none());
        tx.commit().await.unwrap();
        let sql = "select registry_password from application_entitlement";
        let row = db.database.read().await.unwrap().query_opt(sql, params![]).await.unwrap().unwrap();
        let kept = row.get::<Vec<u8>>(0).unwrap();
        assert!(!kept.windows(7).any(|part| part == b"hunter2"), "the database does not hold it as it is");
        let mut tx = store_with(&db.database, 99).write().await.unwrap();
        let refused = tx.registry_login(&permit(1), id(90)).await;
        assert!(matches!(refused, Err(Error::Sealed)), "{refused:?}");
        let none = ApplicationEntitlement { registry: None, ..gold };
        tx.update_application_entitlement(&permit(1), &none, &RegistryPassword::Cleared).await.unwrap();
        assert!(tx.registry_login(&permit(1), id(90)).await.unwrap().is_none());
    }

    async fn application_in_use_says_by_what_and_goes_with_its_versions(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        stocked(&mut tx).await;
        let gold = entitlement(90, Scope::Chosen([id(80)].into()));
        tx.insert_application_entitlement(&permit(1), &gold, &RegistryPassword::Cleared).await.unwrap();
        let by = Use::Entitlement {
            name: "Gold 90".to_owned(),
            customer: id(11),
            customer_name: "Initech".to_owned(),
        };
        assert_eq!(tx.list_application_uses(&permit(1), id(70)).await.unwrap(), [by]);
        tx.delete_application_entitlement(&permit(1), id(90)).await.unwrap();
        tx.delete_application(&permit(1), id(70)).await.unwrap();
        assert_eq!(tx.find_application_version(&permit(1), id(80)).await.unwrap(), None);
        assert_eq!(tx.count_applications(&permit(1)).await.unwrap(), 0);
    }

    async fn entitlements_go_with_their_customer(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        stocked(&mut tx).await;
        tx.insert_customer(&permit(1), &customer(12, "Hooli")).await.unwrap();
        let gold = entitlement(90, Scope::Chosen([id(80)].into()));
        tx.insert_application_entitlement(&permit(1), &gold, &RegistryPassword::Cleared).await.unwrap();
        let other = ApplicationEntitlement { customer: id(12), ..entitlement(91, Scope::All) };
        tx.insert_application_entitlement(&permit(1), &other, &RegistryPassword::Cleared).await.unwrap();
        assert_eq!(tx.customer_contents(&permit(1), id(11)).await.unwrap().application_entitlements, 1);
        tx.delete_customer(&permit(1), id(11)).await.unwrap();
        assert_eq!(tx.list_application_entitlements(&permit(1), None).await.unwrap(), [other]);
    }
}
