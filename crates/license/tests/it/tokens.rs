//! Signing and verifying, hand in hand.

use grantry_license::{
    ExpectedOrganization, KeySet, Payload, Revocation, RevocationListContent, SignError, SigningKey, State,
    TokenContent, Verifier, VerifyError, decode_unverified, sign, sign_revocation_list,
};
use proptest::prelude::*;
use uuid::Uuid;

pub(crate) const ORGANIZATION: Uuid = Uuid::from_u128(0x0197_a3c0_5a6e_7d51_8c1f_2f3d_9c1e_0a01);

pub(crate) fn key() -> SigningKey {
    SigningKey::from_seed([7; 32])
}

pub(crate) fn content(payload: &Payload) -> TokenContent<'_> {
    TokenContent {
        issuer: "https://hub.example.com",
        license_key: Uuid::from_u128(1),
        revision: Uuid::from_u128(2),
        organization: ORGANIZATION,
        customer: Some(Uuid::from_u128(4)),
        name: "Ship",
        seq: 1,
        grace: 100,
        issued_at: 900,
        not_before: 1_000,
        expires_at: 2_000,
        payload,
    }
}

pub(crate) fn verifier() -> Verifier {
    let keys: KeySet = [key().public_key()].into_iter().collect();
    Verifier::new(keys, ExpectedOrganization::Exactly(ORGANIZATION)).leeway(0)
}

#[test]
fn header_and_claims_are_written_in_one_fixed_way() {
    let payload = Payload::parse(r#"{ "seats": 25, "ratio": 1.0 }"#).unwrap();
    let token = sign(&content(&payload), &key()).unwrap();
    assert_eq!(sign(&content(&payload), &key()).unwrap(), token);
    let decoded = decode_unverified(&token).unwrap();
    assert_eq!(
        decoded.header.to_string(),
        format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{}"}}"#, key().key_id())
    );
    assert_eq!(
        decoded.claims_text,
        concat!(
            r#"{"iss":"https://hub.example.com","sub":"00000000-0000-0000-0000-000000000001","aud":["license-key"],"#,
            r#""iat":900,"nbf":1000,"exp":2000,"jti":"00000000-0000-0000-0000-000000000002","#,
            r#""org":"0197a3c0-5a6e-7d51-8c1f-2f3d9c1e0a01","lic":{"seq":1,"grace":100,"#,
            r#""cus":"00000000-0000-0000-0000-000000000004","name":"Ship"},"seats":25,"ratio":1.0}"#
        )
    );
    assert_eq!(decoded.claims["seats"], 25);
}

#[test]
fn claims_arrive_as_they_were_signed() {
    let payload = Payload::parse(r#"{"seats":25}"#).unwrap();
    let content = content(&payload);
    let token = sign(&content, &key()).unwrap();
    let verified = verifier().issuer(content.issuer).verify(&token, 1_500).unwrap();
    assert_eq!(verified.state, State::Valid);
    let claims = verified.claims;
    let license = claims.license.as_ref().unwrap();
    assert_eq!(claims.issuer, content.issuer);
    assert_eq!(claims.license_key, content.license_key);
    assert_eq!(claims.revision, Some(content.revision));
    assert_eq!(claims.organization, content.organization);
    assert_eq!((claims.issued_at, claims.not_before, claims.expires_at), (900, 1_000, 2_000));
    assert_eq!((license.seq, license.grace, license.customer), (1, 100, content.customer));
    assert_eq!((license.name.as_str(), claims.seq(), claims.grace()), (content.name, 1, 100));
    assert_eq!(claims.payload, payload);
    assert_eq!(claims.audience, ["license-key"]);
    assert_eq!(claims.to_value(), decode_unverified(&token).unwrap().claims);
}

#[test]
fn what_no_verifier_would_accept_is_not_signed() {
    let payload = Payload::empty();
    let sound = content(&payload);
    let refused = |content: &TokenContent<'_>| sign(content, &key()).expect_err("it is refused");
    assert_eq!(refused(&TokenContent { seq: 0, ..sound }), SignError::SeqOutOfRange);
    let late = 253_402_300_800;
    assert_eq!(refused(&TokenContent { expires_at: late, ..sound }), SignError::TimeOutOfRange(late));
    assert_eq!(refused(&TokenContent { issued_at: i64::MIN, ..sound }), SignError::TimeOutOfRange(i64::MIN));
    let name = "n".repeat(100_000);
    assert!(
        matches!(refused(&TokenContent { name: &name, ..sound }), SignError::TooLarge { bytes } if bytes > 98_304)
    );

    let list = RevocationListContent {
        issuer: "https://hub.example.com",
        organization: ORGANIZATION,
        issued_at: 0,
        expires_at: 10,
        seq: 1,
        revoked: &[],
    };
    let refused = |content: &RevocationListContent<'_>| {
        sign_revocation_list(content, &key()).expect_err("it is refused")
    };
    assert_eq!(refused(&RevocationListContent { seq: u64::MAX, ..list }), SignError::SeqOutOfRange);
    assert_eq!(refused(&RevocationListContent { expires_at: late, ..list }), SignError::TimeOutOfRange(late));
    let entry = Revocation { revision: None, license_key: ORGANIZATION, at: late };
    assert_eq!(
        refused(&RevocationListContent { revoked: &[entry], ..list }),
        SignError::TimeOutOfRange(late)
    );
}

#[test]
fn lists_are_signed_in_one_order() {
    let entry =
        |at, id| Revocation { revision: Some(Uuid::from_u128(id)), license_key: Uuid::from_u128(9), at };
    let sign = |revoked: &[Revocation]| {
        let content = RevocationListContent {
            issuer: "https://hub.example.com",
            organization: ORGANIZATION,
            issued_at: 0,
            expires_at: 10,
            seq: 1,
            revoked,
        };
        sign_revocation_list(&content, &key()).unwrap()
    };
    let sorted = sign(&[entry(1, 3), entry(2, 1), entry(2, 2)]);
    assert_eq!(sign(&[entry(2, 2), entry(1, 3), entry(2, 1)]), sorted);
}

#[test]
fn any_time_can_be_now() {
    let token = sign(&content(&Payload::empty()), &key()).unwrap();
    for leeway in [0, u32::MAX] {
        assert_eq!(verifier().leeway(leeway).verify(&token, i64::MIN), Err(VerifyError::NotYetValid));
        assert!(matches!(verifier().leeway(leeway).verify(&token, i64::MAX), Err(VerifyError::Expired(_))));
    }
}

proptest! {
    #[test]
    fn any_content_survives(
        issuer in ".*", name in ".*", ids in any::<[u128; 4]>(), seq in 1_u32.., grace: u32,
        times in [-62_135_596_800_i64..=253_402_300_799, -62_135_596_800..=253_402_300_799], value in ".*", number: i64,
    ) {
        let text = serde_json::json!({ "value": value, "number": number }).to_string();
        let payload = Payload::parse(&text).unwrap();
        let content = TokenContent {
            issuer: &issuer,
            license_key: Uuid::from_u128(ids[0]),
            revision: Uuid::from_u128(ids[1]),
            organization: Uuid::from_u128(ids[2]),
            customer: (ids[3] % 2 == 0).then_some(Uuid::from_u128(ids[3])),
            name: &name,
            seq,
            grace,
            issued_at: times[0],
            not_before: times[0].min(times[1]),
            expires_at: times[0].max(times[1]) + i64::from(times[0] == times[1]),
            payload: &payload,
        };
        prop_assume!(content.expires_at <= 253_402_300_799);
        let token = sign(&content, &key()).unwrap();
        let keys: KeySet = [key().public_key()].into_iter().collect();
        let verifier = Verifier::new(keys, ExpectedOrganization::Exactly(content.organization)).issuer(&*issuer);
        let claims = verifier.verify(&token, content.not_before).unwrap().claims;
        let license = claims.license.unwrap();
        prop_assert_eq!(&license.name, &name);
        prop_assert_eq!(license.customer, content.customer);
        prop_assert_eq!((license.seq, license.grace), (seq, grace));
        prop_assert_eq!(claims.payload, payload);
    }
}
