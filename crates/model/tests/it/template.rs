//! Templates from outside: what they write is what Go's own text/template writes, and no text harms.

mod corpus;
mod go;
