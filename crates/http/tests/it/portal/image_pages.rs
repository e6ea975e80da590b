//! Choosing an image in the Vendor Portal, and seeing it in both.

use grantry_model::file::MAX_BYTES;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::file::{GIF, PNG};
use grantry_testkit::hub::TestHub;

use super::browser::{expect_led, expect_page};
use super::place::{Place, Whose};

/// What a page says is wrong with a field, or else nothing.
fn complaint(page: &str) -> &str {
    let after = page.split("id=\"file-error\">").nth(1).unwrap_or_default();
    after.split('<').next().unwrap_or_default()
}

/// The first image of a page.
fn shown(page: &str) -> Option<&str> {
    page.split("<img class=\"picture\" src=\"").nth(1)?.split('"').next()
}

both_engines! {
    async fn an_image_is_chosen_replaced_and_removed(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let mut mara = place.browser(&place.mara);
        let mut member = place.browser(&place.hub.add_member(&place.hub.acme, Some(&place.initech), Role::ReadOnly).await);
        for (at, list) in [
            (format!("/applications/{}", place.fleet), "/applications"),
            (format!("/artifacts/{}", place.ship), "/artifacts"),
        ] {
            let form = format!("{at}/image");
            assert_eq!(shown(mara.get(&at).await.expect(200).text()), None);
            expect_led(&mara.upload(&form, &[("step", "save")], ("file", PNG)).await, &format!("{at}?done=saved"));
            let page = mara.get(&at).await;
            let first = shown(page.text()).unwrap().to_owned();
            let image = mara.get(&first).await.expect(200);
            assert_eq!((image.header("content-type"), &image.body[..]), ("image/png", PNG));
            assert_eq!(image.header("content-security-policy"), "default-src 'none'; sandbox");
            assert_eq!(member.get(&first).await.expect(200).body, PNG, "also for the customer’s members");
            assert_eq!(shown(mara.get(list).await.expect(200).text()), Some(first.as_str()), "{list}");
            assert_eq!(shown(mara.get(&form).await.expect(200).text()), Some(first.as_str()));
            if list == "/artifacts" {
                for page in [list, &at] {
                    assert_eq!(shown(member.get(page).await.expect(200).text()), Some(first.as_str()), "{page}");
                }
            }

            expect_led(&mara.upload(&form, &[("step", "save")], ("file", GIF)).await, &format!("{at}?done=saved"));
            let page = mara.get(&at).await;
            let second = shown(page.text()).unwrap().to_owned();
            assert_eq!(mara.get(&second).await.expect(200).body, GIF);
            expect_page(&mara.get(&first).await, 404);

            expect_led(&mara.upload(&form, &[("step", "remove")], ("file", b"")).await, &format!("{at}?done=saved"));
            assert_eq!(shown(mara.get(&at).await.expect(200).text()), None);
            expect_page(&mara.get(&second).await, 404);
        }
        assert_eq!(place.hub.acme.admin.get("/api/v1/files").await.json(), serde_json::json!([]), "none is left over");
    }

    async fn a_deployments_page_shows_its_applications_image(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let mut mara = place.browser(&place.mara);
        let form = format!("/applications/{}/image", place.fleet);
        mara.upload(&form, &[("step", "save")], ("file", PNG)).await.expect(303);
        let mut member = place.browser(&place.hub.add_member(&place.hub.acme, Some(&place.initech), Role::ReadOnly).await);
        let deployment = place.address("/deployments/{deployment}", Whose::Staff).await;
        for page in ["/deployments", &deployment] {
            for reader in [&mut mara, &mut member] {
                let found = reader.get(page).await.expect(200);
                let image = shown(found.text()).map(str::to_owned);
                reader.get(&image.unwrap_or_else(|| panic!("{page}"))).await.expect(200);
            }
        }
    }

    async fn what_is_no_small_image_comes_back_with_a_sentence(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let mut mara = place.browser(&place.mara);
        let form = format!("/applications/{}/image", place.fleet);
        // Larger than the body of any other form may be.
        let photo = [PNG, &vec![0; 3 * 1024 * 1024]].concat();
        let too_large = [PNG, &vec![0; MAX_BYTES]].concat();
        for (file, sentence) in [
            (&b""[..], "Choose an image."),
            (&photo, "The image is larger than 100 KiB. Choose a smaller one."),
            (&too_large, "The image is larger than 100 KiB. Choose a smaller one."),
            (b"\xff\xfe\0", "The file is no PNG, JPEG, GIF or WebP image. Choose another one."),
            (b"<svg/>", "SVG images are not taken, because they can carry scripts. Save it as PNG or WebP."),
        ] {
            let page = mara.upload(&form, &[("step", "save")], ("file", file)).await;
            expect_page(&page, 422);
            assert_eq!(complaint(page.text()), sentence);
        }
        let huge = vec![0; 17 * 1024 * 1024];
        expect_page(&mara.upload(&form, &[("step", "save")], ("file", &huge)).await, 413);
        expect_page(&mara.upload_without_token(&form, &[("step", "save")], ("file", PNG)).await, 403);
        assert_eq!(shown(mara.get(&form).await.expect(200).text()), None);
    }
}
