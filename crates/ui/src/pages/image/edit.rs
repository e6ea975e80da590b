//! Form that chooses the image of something.

use grantry_model::id::{ApplicationId, ArtifactId, FileId};
use maud::{Markup, html};

use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::pages::{application, artifact};
use crate::picture::beside;
use crate::route::{ApplicationImage, ArtifactImage, ShowApplication, ShowArtifact};

/// What the image is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// An application.
    Application(ApplicationId),
    /// An artifact.
    Artifact(ArtifactId),
}

/// The form. It holds no value: a browser has to be given a file anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What the image is of.
    pub of: Of,
    /// Its name.
    pub name: String,
    /// The image that it has.
    pub image: Option<FileId>,
    /// What is wrong with the file that was chosen.
    pub form: FormState<()>,
}

impl Edit {
    fn action(&self) -> String {
        match self.of {
            Of::Application(application) => ApplicationImage { application }.to_string(),
            Of::Artifact(artifact) => ArtifactImage { artifact }.to_string(),
        }
    }

    fn back(&self) -> String {
        match self.of {
            Of::Application(application) => ShowApplication { application }.to_string(),
            Of::Artifact(artifact) => ShowArtifact { artifact }.to_string(),
        }
    }

    fn field(&self) -> Markup {
        let error = self.form.error("file");
        let described = if error.is_some() { "file-error file-hint" } else { "file-hint" };
        html! {
            div.field {
                label for="file" { "New image" }
                input type="file" id="file" name="file" accept="image/png,image/jpeg,image/gif,image/webp"
                    aria-describedby=(described) aria-invalid=[error.map(|_| "true")];
                @if let Some(error) = error { p.error id="file-error" { (error) } }
                p.hint id="file-hint" { "PNG, JPEG, GIF or WebP, at most 100 KiB. A square one fits best. Every customer’s members may see it." }
            }
        }
    }
}

impl Page for Edit {
    fn title(&self) -> String {
        format!("Image of {}", self.name)
    }

    fn place(&self) -> String {
        "Image".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        match self.of {
            Of::Application(id) => application::way_below(id, &self.name),
            Of::Artifact(id) => artifact::way_below(id, &self.name),
        }
    }

    fn body(&self, visit: &Visit) -> Markup {
        let now = if self.image.is_some() {
            "This is shown now."
        } else {
            "No image yet: these letters are shown."
        };
        html! {
            (form_errors(&self.form.others(&["file"])))
            form.card.form method="post" action=(self.action()) enctype="multipart/form-data" {
                div.body.stack {
                    (visit.csrf_field())
                    (beside(self.image, &self.name, &html! { p.muted { (now) } }))
                    (self.field())
                }
                div.foot {
                    button.btn.primary type="submit" name="step" value="save" { "Save" }
                    (Button::new(Weight::Normal, "Cancel").link(self.back()))
                    @if self.image.is_some() {
                        button.btn.quiet type="submit" name="step" value="remove" { "Remove image" }
                    }
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Edit {
        of: Of::Application(gallery::id(801)),
        name: "Fleet Manager".to_owned(),
        image: Some(gallery::id(1201)),
        form: FormState::default(),
    };
    let error = Edit {
        image: None,
        form: FormState::refused(
            (),
            vec![
                gallery::error("file", "The image is larger than 100 KiB. Choose a smaller one."),
                gallery::error("", "An organization has at most 1000 images."),
            ],
        ),
        ..typical.clone()
    };
    let artifact =
        Edit { of: Of::Artifact(gallery::id(602)), name: "fleet/api".to_owned(), ..typical.clone() };
    vec![
        Sample::vendor("image-edit-typical", Nav::Applications, &typical),
        Sample::vendor("image-edit-error", Nav::Applications, &error),
        Sample::vendor("image-edit-artifact", Nav::Artifacts, &artifact),
    ]
}
