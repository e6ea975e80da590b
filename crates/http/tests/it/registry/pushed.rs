//! What is pushed can be pulled.

use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;

both_engines! {
    async fn what_was_pushed_is_pulled_by_tag_digest_child_layer_and_attachment(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let acme = &hub.acme;
        let image = acme.push("ship", "1.0").await;
        let index = acme.push_index("ship", "2.0", &["amd64", "arm64"]).await;
        let sbom = acme.attach("ship", &image, "application/spdx+json").await;
        let signature = acme.sign("ship", &image).await;
        let signature_tag = image.attached_tag(".sig");
        let references =
            ["1.0", &image.digest, "2.0", &index.digest, &index.children[1].digest, &sbom.digest, &signature_tag];
        for reference in references {
            acme.admin.pull("acme/ship", reference).await.expect(200);
        }
        assert_eq!(acme.admin.pull("acme/ship", &signature_tag).await.header("docker-content-digest"), signature.digest);
        for blob in [&image.config, &image.layer, &index.children[0].layer, &sbom.layer] {
            acme.admin.pull_blob("acme/ship", blob).await.expect(200);
        }
        acme.admin.pull("acme/ship", "3.0").await.expect(404);
    }
}
