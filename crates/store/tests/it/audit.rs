//! The audit log.

use grantry_model::audit::{AuditFilter, Author, Event, EventKind, Subject};
use grantry_store::audit::Stamp;
use grantry_testdb::both_engines;

use crate::sample::{NOW, expect_conflict, id, permit, writing};

both_engines! {
    async fn a_search_ignores_case_of_all_letters_in_authors_and_subjects(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        for (number, author, subject) in [(71, "Élodie ÇELİK-Öz", "ДОМ"), (72, "Pia", "Ärzte")] {
            let author = Author { name: author.to_owned(), ..Author::operator() };
            let event = Event::new(EventKind::CustomerCreated, Subject::new("customer", number, subject));
            tx.record(id(1), Stamp { id: id(number), at: NOW }, &author, &event).await.unwrap();
        }
        for (author, subject, found) in [("éLODIE ç", "", 71), ("öZ", "дом", 71), ("PIA", "äR", 72), ("", "72", 72)] {
            let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            let filter = AuditFilter { author: text(author), subject: text(subject), ..AuditFilter::default() };
            let entries = tx.list_audit(&permit(1), &filter, None, 10).await.unwrap().items;
            let ids: Vec<_> = entries.iter().map(|entry| entry.id).collect();
            assert_eq!(ids, [id(found)], "{author} {subject}");
            assert!(tx.list_audit(&permit(2), &filter, None, 10).await.unwrap().items.is_empty());
        }
    }

    async fn two_entries_cant_have_the_same_place_in_the_chain(db: TestDatabase) {
        let mut tx = db.database.write().await.unwrap();
        let insert = "insert into audit_event (organization_id, seq, id, at, kind, author, credential, address,
                        subject_kind, subject_id, subject_name, details, hash)
                      values ($1, 1, $1, $2, '', '', '', '', '', '', '', '', '')";
        let row = grantry_store::db::params![uuid::Uuid::from_u128(1), NOW].to_vec();
        tx.execute(insert, &row).await.unwrap();
        expect_conflict(tx.execute(insert, &row).await, "audit_event_pkey");
    }
}
