//! Reading from input what a deployment is to run with.

use super::content::{Content, MAX_TEXT};
use super::helm::{HelmOptions, Timeout};
use crate::application::TargetKind;
use crate::field::{Check, FieldError, Invalid};

/// What a deployment is to run with, as it came in, nothing checked.
#[derive(Clone, Copy, Default)]
pub struct ContentInput<'a> {
    /// Helm values.
    pub values: Option<&'a [u8]>,
    /// An env file.
    pub env: Option<&'a [u8]>,
    /// Options of Helm.
    pub helm: Option<HelmInput<'a>>,
    /// See [`Content::force_restart`].
    pub force_restart: bool,
    /// See [`Content::ignore_revision_skew`].
    pub ignore_revision_skew: bool,
}

/// Options of Helm as they came in.
#[derive(Debug, Clone, Copy)]
pub struct HelmInput<'a> {
    /// In nanoseconds.
    pub timeout: i64,
    /// See [`HelmOptions::wait_strategy`].
    pub wait_strategy: &'a str,
    /// See [`HelmOptions::rollback_on_failure`].
    pub rollback_on_failure: bool,
    /// See [`HelmOptions::cleanup_on_failure`].
    pub cleanup_on_failure: bool,
    /// See [`HelmOptions::force_conflicts`].
    pub force_conflicts: bool,
}

impl Content {
    /// Reads what a deployment at a target of this kind runs with. Whether its templates can be rendered is not said by that.
    ///
    /// # Errors
    /// All fields that are not valid, or belong to the other kind.
    pub fn parse(input: &ContentInput<'_>, kind: TargetKind) -> Result<Self, Invalid> {
        let mut check = Check::new();
        let values = check.take(text("valuesYaml", input.values));
        let env = check.take(text("envFileData", input.env));
        let helm = match input.helm {
            Some(given) => helm(given, &mut check).map(Some),
            None => Some(None),
        };
        let is_given = |bytes: Option<&[u8]>| bytes.is_some_and(|bytes| !bytes.is_empty());
        let foreign: &[(&'static str, bool)] = match kind {
            TargetKind::Docker => &[
                ("valuesYaml", is_given(input.values)),
                ("helmOptions", input.helm.is_some()),
                ("ignoreRevisionSkew", input.ignore_revision_skew),
            ],
            TargetKind::Kubernetes => &[("envFileData", is_given(input.env))],
        };
        for (field, _) in foreign.iter().filter(|(_, is_given)| *is_given) {
            check.fail(wrong_kind(field, kind));
        }
        check.finish(values.zip(env).zip(helm).map(|((values, env), helm)| Self {
            values: values.filter(|_| kind == TargetKind::Kubernetes),
            env: env.filter(|_| kind == TargetKind::Docker),
            helm,
            force_restart: input.force_restart,
            ignore_revision_skew: input.ignore_revision_skew,
        }))
    }
}

/// The error of a field that the other kind of target has.
pub fn wrong_kind(field: &'static str, kind: TargetKind) -> FieldError {
    let message = format!("A deployment at a {} target has no such setting. Leave it out.", kind.label());
    FieldError::new(field, "wrong_kind", message)
}

fn text(field: &'static str, bytes: Option<&[u8]>) -> Result<Option<String>, FieldError> {
    let Some(bytes) = bytes else { return Ok(None) };
    if bytes.len() > MAX_TEXT {
        let message = format!("The text is longer than {} KiB. Shorten it.", MAX_TEXT / 1024);
        return Err(FieldError::new(field, "text_too_long", message));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| {
        FieldError::new(field, "not_utf8", "The text is not UTF-8. Save it in that encoding.")
    })?;
    if text.contains('\0') {
        return Err(FieldError::new(field, "nul_character", "The text holds a NUL character. Remove it."));
    }
    Ok(Some(text.to_owned()))
}

fn helm(input: HelmInput<'_>, check: &mut Check) -> Option<HelmOptions> {
    let timeout = check.take(Timeout::try_from(input.timeout).map_err(|error| {
        FieldError::new("helmOptions", "timeout_out_of_range", format!("The options of Helm: {error}."))
    }));
    let wait_strategy = check.take(input.wait_strategy.parse().map_err(|error| {
        FieldError::new("helmOptions", "wait_strategy_unknown", format!("The options of Helm: {error}."))
    }));
    Some(HelmOptions {
        timeout: timeout?,
        wait_strategy: wait_strategy?,
        rollback_on_failure: input.rollback_on_failure,
        cleanup_on_failure: input.cleanup_on_failure,
        force_conflicts: input.force_conflicts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELM: HelmInput<'_> = HelmInput {
        timeout: 1,
        wait_strategy: "watcher",
        rollback_on_failure: true,
        cleanup_on_failure: true,
        force_conflicts: false,
    };

    fn codes(input: &ContentInput<'_>, kind: TargetKind) -> Vec<(&'static str, &'static str)> {
        match Content::parse(input, kind) {
            Ok(_) => Vec::new(),
            Err(Invalid(errors)) => errors.iter().map(|error| (error.field, error.code)).collect(),
        }
    }

    #[test]
    fn each_kind_has_its_own_texts() {
        use TargetKind::{Docker, Kubernetes};
        let env = ContentInput { env: Some(b"A=1"), ..ContentInput::default() };
        let values = ContentInput {
            values: Some(b"a: 1"),
            helm: Some(HELM),
            ignore_revision_skew: true,
            ..ContentInput::default()
        };
        assert_eq!(codes(&env, Docker), []);
        assert_eq!(codes(&values, Kubernetes), []);
        assert_eq!(codes(&env, Kubernetes), [("envFileData", "wrong_kind")]);
        let foreign = ["valuesYaml", "helmOptions", "ignoreRevisionSkew"].map(|field| (field, "wrong_kind"));
        assert_eq!(codes(&values, Docker), foreign);
        let empty = ContentInput { values: Some(b""), env: Some(b""), ..ContentInput::default() };
        let read = Content::parse(&empty, Docker).unwrap();
        assert_eq!((read.values.as_deref(), read.env.as_deref()), (None, Some("")), "empty is not given");
    }

    #[test]
    fn texts_are_texts_within_bounds() {
        let long = vec![b'a'; MAX_TEXT + 1];
        for (env, code) in
            [(&b"\xff"[..], "not_utf8"), (&b"a\0b"[..], "nul_character"), (&long[..], "text_too_long")]
        {
            let input = ContentInput { env: Some(env), ..ContentInput::default() };
            assert_eq!(codes(&input, TargetKind::Docker), [("envFileData", code)]);
        }
        let helm = HelmInput { timeout: 0, wait_strategy: "forever", ..HELM };
        let input = ContentInput { helm: Some(helm), ..ContentInput::default() };
        assert_eq!(
            codes(&input, TargetKind::Kubernetes),
            [("helmOptions", "timeout_out_of_range"), ("helmOptions", "wait_strategy_unknown")]
        );
    }
}
