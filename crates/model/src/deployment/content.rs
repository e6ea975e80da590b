//! What a revision of a deployment runs its version with.

use sha2::{Digest, Sha256};

use super::ValuesHash;
use super::helm::HelmOptions;

/// Most bytes of a deployment's values, and of its env file.
pub const MAX_TEXT: usize = 256 * 1024;

/// What a version is run with. Texts are templates, kept as they were given: what secrets and license keys put into them is never
/// stored in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Content {
    /// Helm values, merged over the version's own.
    pub values: Option<String>,
    /// The env file of a Compose project.
    pub env: Option<String>,
    /// How Helm goes about it; `None`: as the agent does by default.
    pub helm: Option<HelmOptions>,
    /// Whether what runs is restarted even if nothing else changes.
    pub force_restart: bool,
    /// Whether a release that somebody else has changed is upgraded all the same; of Kubernetes only.
    pub ignore_revision_skew: bool,
}

/// What the texts of a [`Content`] rendered to. It may hold secrets.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct RenderedTexts {
    /// Of the values.
    pub values: Option<String>,
    /// Of the env file.
    pub env: Option<String>,
}

impl std::fmt::Debug for RenderedTexts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RenderedTexts(…)")
    }
}

impl Drop for RenderedTexts {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.values);
        zeroize::Zeroize::zeroize(&mut self.env);
    }
}

impl RenderedTexts {
    /// What tells whether a deployment would get other texts than the ones that it was deployed with.
    pub fn hash(&self) -> ValuesHash {
        let mut hasher = Sha256::new();
        for (label, text) in [("valuesYaml", &self.values), ("envFileData", &self.env)] {
            hasher.update(label);
            hasher.update([0]);
            hasher.update(text.as_deref().unwrap_or(""));
            hasher.update([0]);
        }
        hasher.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: Option<&str>, env: Option<&str>) -> RenderedTexts {
        RenderedTexts { values: values.map(str::to_owned), env: env.map(str::to_owned) }
    }

    #[test]
    fn other_texts_have_another_hash() {
        let all =
            [texts(None, None), texts(Some("a"), None), texts(None, Some("a")), texts(Some("a"), Some("b"))];
        for (index, one) in all.iter().enumerate() {
            assert_eq!(one.hash(), one.clone().hash());
            assert!(all[..index].iter().all(|other| other.hash() != one.hash()), "{index}");
        }
        assert_eq!(texts(None, None).hash(), texts(Some(""), Some("")).hash(), "nothing is as good as empty");
    }

    #[test]
    fn rendered_texts_are_not_printed() {
        assert!(!format!("{:?}", texts(Some("hunter2"), None)).contains("hunter2"));
    }
}
