//! Inputs with label, hint and error.

use maud::{Markup, Render, html};

/// What can be put into a field.
#[derive(Debug, Clone)]
pub enum Input<'a> {
    /// One line of the given HTML input type, such as `text`, `email`, `date`, `number` or `password`.
    Line(&'a str),
    /// Several lines.
    Lines(usize),
    /// One of several choices, each a value and its words.
    Choice(Vec<(String, String)>),
}

/// An input with label, hint and error.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    /// Name in the form; also its id unless another one is given.
    pub name: &'a str,
    /// Words above it.
    pub label: &'a str,
    /// What can be put into it.
    pub input: Input<'a>,
    /// What stands in it. Never set for a secret.
    pub value: &'a str,
    /// A sentence below it.
    pub hint: Option<&'a str>,
    /// What is wrong with it.
    pub error: Option<&'a str>,
    /// Whether a value must be given.
    pub required: bool,
    /// Whether “optional” stands beside the label of a field that needs no value. Filters go without.
    pub marked: bool,
    /// The browser's hint for filling it, such as `email` or `new-password`.
    pub autocomplete: Option<&'a str>,
}

impl<'a> Field<'a> {
    /// A field of one line.
    pub fn line(kind: &'a str, name: &'a str, label: &'a str) -> Self {
        Self::of(Input::Line(kind), name, label)
    }

    /// A field of several lines.
    pub fn lines(rows: usize, name: &'a str, label: &'a str) -> Self {
        Self::of(Input::Lines(rows), name, label)
    }

    /// A field with choices.
    pub fn choice(choices: Vec<(String, String)>, name: &'a str, label: &'a str) -> Self {
        Self::of(Input::Choice(choices), name, label)
    }

    fn of(input: Input<'a>, name: &'a str, label: &'a str) -> Self {
        Self {
            name,
            label,
            input,
            value: "",
            hint: None,
            error: None,
            required: false,
            marked: true,
            autocomplete: None,
        }
    }

    /// What stands in it.
    #[must_use]
    pub fn value(mut self, value: &'a str) -> Self {
        self.value = value;
        self
    }

    /// A sentence below it.
    #[must_use]
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// What is wrong with it, if anything.
    #[must_use]
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// A value must be given.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Leaves out the word “optional”.
    #[must_use]
    pub fn unmarked(mut self) -> Self {
        self.marked = false;
        self
    }

    /// The browser's hint for filling it.
    #[must_use]
    pub fn autocomplete(mut self, hint: &'a str) -> Self {
        self.autocomplete = Some(hint);
        self
    }

    fn described_by(&self) -> Option<String> {
        let hint = self.hint.map(|_| format!("{}-hint", self.name));
        let error = self.error.map(|_| format!("{}-error", self.name));
        let ids: Vec<String> = [error, hint].into_iter().flatten().collect();
        if ids.is_empty() { None } else { Some(ids.join(" ")) }
    }

    fn control(&self) -> Markup {
        let (described, invalid) = (self.described_by(), self.error.map(|_| "true"));
        html! {
            @match &self.input {
                Input::Line(kind) => {
                    input type=(kind) id=(self.name) name=(self.name) value=(self.value) required[self.required]
                        autocomplete=[self.autocomplete] aria-describedby=[described] aria-invalid=[invalid];
                }
                Input::Lines(rows) => {
                    textarea id=(self.name) name=(self.name) rows=(rows) required[self.required]
                        spellcheck="false" aria-describedby=[described] aria-invalid=[invalid] { "\n" (self.value) }
                }
                Input::Choice(choices) => {
                    // To browsers, a first choice without value is none at all; here it is one as good as the others.
                    select id=(self.name) name=(self.name) required[self.required && choices.iter().all(|(value, _)| !value.is_empty())]
                        aria-describedby=[described] aria-invalid=[invalid] {
                        @for (value, words) in choices {
                            option value=(value) selected[value == self.value] { (words) }
                        }
                    }
                }
            }
        }
    }
}

impl Render for Field<'_> {
    fn render(&self) -> Markup {
        html! {
            div.field {
                label for=(self.name) {
                    (self.label)
                    @if self.marked && !self.required { span.optional { "optional" } }
                }
                (self.control())
                @if let Some(error) = self.error { p.error id={ (self.name) "-error" } { (error) } }
                @if let Some(hint) = self.hint { p.hint id={ (self.name) "-hint" } { (hint) } }
            }
        }
    }
}

/// One of several choices that are written out, each with what follows from it.
#[derive(Debug, Clone)]
pub struct Radio<'a> {
    /// Name in the form, the same for all choices.
    pub name: &'a str,
    /// Value that is sent if it is chosen.
    pub value: &'a str,
    /// Words beside it.
    pub label: &'a str,
    /// What follows from it.
    pub hint: Markup,
    /// Whether it is chosen.
    pub checked: bool,
    /// Whether it can't be chosen now.
    pub disabled: bool,
    /// What is asked for if it is chosen; shown only then.
    pub more: Option<Markup>,
}

impl Render for Radio<'_> {
    fn render(&self) -> Markup {
        let id = format!("{}-{}", self.name, self.value);
        let hint = format!("{id}-hint");
        html! {
            div.check.option {
                input type="radio" id=(id) name=(self.name) value=(self.value) checked[self.checked]
                    disabled[self.disabled] aria-describedby=(hint);
                div.grow {
                    label for=(id) { (self.label) }
                    p.hint id=(hint) { (self.hint) }
                    @if let Some(more) = &self.more { div.more { (more) } }
                }
            }
        }
    }
}

/// A check box with its words beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckBox {
    /// Name in the form.
    pub name: String,
    /// Value that is sent if it is checked.
    pub value: String,
    /// Words beside it.
    pub label: String,
    /// A sentence below the words.
    pub hint: String,
    /// Whether it is checked.
    pub checked: bool,
}

impl Render for CheckBox {
    fn render(&self) -> Markup {
        let id = format!("{}-{}", self.name, self.value);
        html! {
            div.check {
                input type="checkbox" id=(id) name=(self.name) value=(self.value) checked[self.checked];
                label for=(id) { (self.label) span.hint { (self.hint) } }
            }
        }
    }
}
