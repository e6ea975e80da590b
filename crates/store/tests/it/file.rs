//! Files.

use chrono::TimeDelta;
use grantry_model::application::{Application, TargetKind};
use grantry_model::artifact::Artifact;
use grantry_model::customer::{Customer, CustomerDraft};
use grantry_model::file::{File, FileUsage, ImageKind};
use grantry_model::name::Name;
use grantry_model::page::PageRequest;
use grantry_store::store::Tx;
use grantry_testdb::both_engines;

use crate::sample::{NOW, customer, id, permit, writing};

fn file(number: u128) -> File {
    let created_at = NOW + TimeDelta::seconds(i64::try_from(number).unwrap());
    File { id: id(number), kind: ImageKind::Png, size: 3, created_at }
}

/// An application, an artifact and a customer that show the same image.
async fn shown(tx: &mut Tx) {
    tx.insert_file(&permit(1), &file(60), b"abc").await.unwrap();
    let image = Some(id(60));
    let name = Name::parse("name", "Fleet").unwrap();
    let application = Application { id: id(70), name, kind: TargetKind::Docker, created_at: NOW, image };
    tx.insert_application(&permit(1), &application).await.unwrap();
    let artifact = Artifact {
        id: id(71),
        name: "ship".parse().unwrap(),
        created_at: NOW,
        pushed_at: None,
        upstream: None,
        image: None,
    };
    tx.insert_artifact(&permit(1), &artifact).await.unwrap();
    tx.update_artifact_image(&permit(1), id(71), image).await.unwrap();
    tx.insert_customer(&permit(1), &Customer { image, ..customer(72, "Hooli") }).await.unwrap();
}

async fn images(tx: &mut Tx) -> [bool; 3] {
    [
        tx.find_application(&permit(1), id(70)).await.unwrap().unwrap().image.is_some(),
        tx.find_artifact(&permit(1), id(71)).await.unwrap().unwrap().image.is_some(),
        tx.find_customer(&permit(1), id(72)).await.unwrap().unwrap().image.is_some(),
    ]
}

both_engines! {
    async fn a_file_is_its_organizations_alone(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        tx.insert_file(&permit(1), &file(60), b"abc").await.unwrap();
        tx.insert_file(&permit(1), &file(61), b"def").await.unwrap();
        let found = tx.find_file_content(&permit(1), id(60)).await.unwrap();
        assert_eq!(found, Some((file(60), b"abc".to_vec())));
        assert_eq!(tx.find_file_content(&permit(2), id(60)).await.unwrap(), None);
        assert_eq!(tx.find_file(&permit(2), id(60)).await.unwrap(), None);
        assert_eq!(tx.file_usage(&permit(1)).await.unwrap(), FileUsage { files: 2, bytes: 6 });
        assert_eq!(tx.file_usage(&permit(2)).await.unwrap(), FileUsage::default());
        tx.delete_file(&permit(2), id(60)).await.unwrap();
        assert!(!tx.delete_unused_file(&permit(2), id(60)).await.unwrap());
        let first = PageRequest { limit: Some(1), ..PageRequest::default() };
        let page = tx.list_files(&permit(1), &first).await.unwrap();
        assert_eq!(page.items, [(file(61), false)]);
        let rest = PageRequest { after: page.next, ..first };
        assert_eq!(tx.list_files(&permit(1), &rest).await.unwrap().items, [(file(60), false)]);
        assert!(tx.delete_unused_file(&permit(1), id(60)).await.unwrap());
        assert_eq!(tx.find_file(&permit(1), id(60)).await.unwrap(), None);
    }

    async fn what_shows_a_file_keeps_it_until_it_is_deleted_for_all(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        shown(&mut tx).await;
        assert_eq!(images(&mut tx).await, [true; 3]);
        let listed = tx.list_files(&permit(1), &PageRequest::default()).await.unwrap().items;
        assert_eq!(listed, [(file(60), true)]);
        tx.update_application_image(&permit(2), id(70), None).await.unwrap();
        tx.update_artifact_image(&permit(2), id(71), None).await.unwrap();
        assert_eq!(images(&mut tx).await, [true; 3], "another organization's permit changes nothing");
        tx.update_application_image(&permit(1), id(70), None).await.unwrap();
        assert!(!tx.delete_unused_file(&permit(1), id(60)).await.unwrap());
        tx.update_artifact_image(&permit(1), id(71), None).await.unwrap();
        assert!(!tx.delete_unused_file(&permit(1), id(60)).await.unwrap());
        tx.delete_file(&permit(1), id(60)).await.unwrap();
        assert_eq!(images(&mut tx).await, [false; 3]);
        let name = Name::parse("name", "Hooli").unwrap();
        let draft = CustomerDraft { name, features: Vec::new() };
        tx.insert_file(&permit(1), &file(61), b"abc").await.unwrap();
        tx.update_customer(&permit(1), id(72), &draft, Some(id(61))).await.unwrap();
        assert_eq!(images(&mut tx).await, [false, false, true]);
    }
}
