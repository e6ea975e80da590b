//! TLS to PostgreSQL: what `sslmode` in the URL asks for.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::Error;

/// A PostgreSQL URL without what its driver does not know, and how the server is to be checked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The URL for the driver, with `sslmode` `disable`, `prefer` or `require`.
    pub(super) url: String,
    /// Whether the server's certificate and name are checked.
    pub(super) verify: bool,
    /// PEM file with the roots to check against, instead of the machine's.
    pub(super) roots: Option<String>,
}

/// Takes `sslmode` and `sslrootcert` apart.
pub(super) fn target(url: &str) -> Result<Target, Error> {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut target = Target { url: base.to_owned(), verify: false, roots: None };
    let mut kept = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", "verify-full")) => {
                target.verify = true;
                kept.push("sslmode=require");
            }
            Some(("sslmode", "disable" | "prefer" | "require")) => kept.push(pair),
            Some(("sslmode", _)) => {
                return Err(Error::Url("sslmode is disable, prefer, require or verify-full".to_owned()));
            }
            Some(("sslrootcert", file)) => target.roots = Some(file.replace("%2F", "/")),
            _ => kept.push(pair),
        }
    }
    if target.roots.is_some() && !target.verify {
        return Err(Error::Url("sslrootcert needs sslmode=verify-full".to_owned()));
    }
    if !kept.is_empty() {
        target.url = format!("{base}?{}", kept.join("&"));
    }
    Ok(target)
}

/// The TLS side of a connection to `target`.
pub(super) fn connector(target: &Target) -> Result<MakeRustlsConnect, Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Database(Box::new(error)))?;
    let verifier: Arc<dyn ServerCertVerifier> = if target.verify {
        let roots = Arc::new(roots(target.roots.as_deref())?);
        WebPkiServerVerifier::builder_with_provider(roots, provider).build().map_err(|_| {
            Error::Url("sslmode=verify-full needs root certificates, and none were found".to_owned())
        })?
    } else {
        Arc::new(Unchecked(provider))
    };
    let config = builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn roots(file: Option<&str>) -> Result<RootCertStore, Error> {
    let mut store = RootCertStore::empty();
    let Some(file) = file else {
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(store);
    };
    let unusable = || Error::Url(format!("the root certificates in {file} can't be read"));
    for certificate in CertificateDer::pem_file_iter(file).map_err(|_| unusable())? {
        store.add(certificate.map_err(|_| unusable())?).map_err(|_| unusable())?;
    }
    Ok(store)
}

/// Accepts any certificate: `prefer` and `require` ask for encryption only, as in libpq.
#[derive(Debug)]
struct Unchecked(Arc<CryptoProvider>);

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sslmode_is_taken_from_the_url() {
        let plain = target("postgres://u:p@h/d?application_name=x&sslmode=require").unwrap();
        assert_eq!(plain.url, "postgres://u:p@h/d?application_name=x&sslmode=require");
        assert!(!plain.verify);
        let checked = target("postgres://h/d?sslmode=verify-full&sslrootcert=%2Fca.pem").unwrap();
        assert_eq!(checked.url, "postgres://h/d?sslmode=require");
        assert_eq!((checked.verify, checked.roots.as_deref()), (true, Some("/ca.pem")));
        assert_eq!(target("postgres://h/d").unwrap().url, "postgres://h/d");
    }

    #[test]
    fn a_mode_that_checks_less_than_it_says_is_refused() {
        for url in [
            "postgres://h/d?sslmode=verify-ca",
            "postgres://h/d?sslmode=allow",
            "postgres://h/d?sslrootcert=x",
        ] {
            assert!(matches!(target(url), Err(Error::Url(_))), "{url}");
        }
    }
}
