//! Every case on every storage.

macro_rules! suite {
    ($cases:ident: $($case:ident,)*) => {
        mod folder {
            use crate::{backend::Backend, $cases as cases};
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $case() {
                    cases::$case(Backend::folder().await).await;
                }
            )*
        }
        mod s3 {
            use crate::{backend::Backend, $cases as cases};
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $case() {
                    cases::$case(Backend::s3().await).await;
                }
            )*
        }
    };
}

suite! {
    cases:
    blobs_come_back_as_they_were,
    any_range_is_exact,
    a_range_behind_the_end_fails,
    a_missing_blob_is_not_found,
    a_wrong_digest_leaves_nothing,
    sha512_is_verified_with_and_without_a_hint,
    an_upload_goes_on_in_another_process,
    a_broken_request_is_rolled_back,
    finishing_twice_gives_the_same_blob,
    a_finished_upload_takes_no_more_bytes,
    a_discarded_upload_is_gone,
    abandoned_uploads_are_found,
    deleting_leaves_equal_bytes_of_others,
    all_blobs_are_listed,
    many_uploads_at_once,
    a_damaged_progress_is_refused,
    a_large_blob_needs_little_memory,
}

mod growing {
    suite! {
        growing:
        what_grows_is_read_before_it_is_whole,
        many_read_what_grows_each_at_their_pace,
        the_last_byte_comes_when_the_blob_is_kept,
        what_comes_to_nothing_breaks_its_readers,
    }
}
