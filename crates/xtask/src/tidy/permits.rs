//! A permit comes from the policy. The one of the operator, which nobody asks for, is made in few and reviewed places.

use super::Violation;
use super::tree::Tree;

/// Where nobody is signed in, or the operator acts: each place was looked at.
const OPERATOR_ACTS: &[&str] = &[
    "crates/model/src/policy.rs",
    "crates/ops/src/account/accept_link.rs",
    "crates/ops/src/organization/change_plan.rs",
    "crates/ops/src/registry/collect.rs",
    "crates/ops/src/registry/evict.rs",
    "crates/ops/src/registry/sync.rs",
    "crates/ops/src/setup/by_command.rs",
    "crates/ops/src/setup/mod.rs",
];

/// No other place makes a permit without asking the policy.
pub(super) fn permits_come_from_the_policy(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for one in &tree.crates {
        for file in tree.sources_of(&one.name).filter(|file| !OPERATOR_ACTS.contains(&&*file.path)) {
            let made = file.program().filter(|(_, code)| code.contains("Permit::operator("));
            found.extend(made.map(|(line, _)| {
                let advice = "ask `Ops::authorize` for the permit; the operator's is for who acts without being a member";
                Violation::new(&file.path, line, advice)
            }));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_that_the_policy_did_not_give_is_found() {
        let text = "//! x\nfn f() {\n    let permit = Permit::operator(id);\n}\n";
        let tree =
            Tree::of(&[("crates/ops/src/customer/list.rs", text), ("crates/ops/src/setup/mod.rs", text)]);
        let found = permits_come_from_the_policy(&tree.with_crate("ops", &[]));
        assert_eq!(
            found.iter().map(|one| (&*one.path, one.line)).collect::<Vec<_>>(),
            [("crates/ops/src/customer/list.rs", 3)]
        );
    }
}
