//! Whole answers as reviewed files. Both engines are held against the same one.

use grantry_testkit::reply::Reply;

/// Compares an answer with `snapshots/<name>.snap`, redacted.
pub(crate) fn check(name: &str, reply: &Reply) {
    check_text(name, &reply.redacted());
}

/// Compares a text with `snapshots/<name>.snap`.
pub(crate) fn check_text(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
