//! Samples of all pages: snapshots, lint of the HTML, and the contrast of the stylesheet's colours.

mod contrast;
mod lint;
mod snapshots;
mod weight;
