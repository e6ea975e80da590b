//! Tables. On narrow screens a row becomes a block whose cells carry the column's name.

use maud::{Markup, Render, html};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Text,
    /// Numbers.
    Number,
    /// Actions on the row; the heading is only read aloud.
    Actions,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its heading.
    pub name: &'static str,
    /// What it holds.
    pub align: Align,
}

/// A column of words.
pub const fn text(name: &'static str) -> Column {
    Column { name, align: Align::Text }
}

/// A column of numbers.
pub const fn number(name: &'static str) -> Column {
    Column { name, align: Align::Number }
}

/// A column of actions.
pub const fn actions() -> Column {
    Column { name: "Actions", align: Align::Actions }
}

/// A table; the first cell of each row names the row.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    /// What is listed, read aloud.
    pub caption: &'a str,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with as many cells as there are columns.
    pub rows: Vec<Vec<Markup>>,
}

impl Render for Table<'_> {
    fn render(&self) -> Markup {
        html! {
            div.scroll {
                table.rows {
                    caption.sr { (self.caption) }
                    thead { tr { @for column in &self.columns { (head(*column)) } } }
                    tbody { @for row in &self.rows { tr { (self.cells(row)) } } }
                }
            }
        }
    }
}

impl Table<'_> {
    fn cells(&self, row: &[Markup]) -> Markup {
        html! {
            @for (at, (column, cell)) in self.columns.iter().zip(row).enumerate() {
                @match column.align {
                    _ if at == 0 => th scope="row" { (cell) },
                    Align::Text => td data-label=(column.name) { div { (cell) } },
                    Align::Number => td.num data-label=(column.name) { div { (cell) } },
                    Align::Actions => td.acts { div.row { (cell) } },
                }
            }
        }
    }
}

fn head(column: Column) -> Markup {
    html! {
        @match column.align {
            Align::Text => th scope="col" { (column.name) },
            Align::Number => th.num scope="col" { (column.name) },
            Align::Actions => th scope="col" { span.sr { (column.name) } },
        }
    }
}
