//! What can come out of a statement.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{FromColumn, Row, Value};
use crate::error::Error;

impl Row {
    pub(super) fn new(values: Vec<Value>, sql: &'static str) -> Self {
        Self { values, sql }
    }

    /// The value of a column, counted from 0.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if there is no such column or it holds something else; NULL needs an `Option`.
    pub fn get<T: FromColumn>(&self, index: usize) -> Result<T, Error> {
        self.values
            .get(index)
            .and_then(T::from_column)
            .ok_or_else(|| corrupt(self.sql, index, self.values.first()))
    }
}

/// The error for a value of another type, told as well as the statement allows: the first table it names, the expression
/// of the column, and the first column, which is the id by habit.
#[cold]
pub(super) fn corrupt(sql: &'static str, index: usize, first: Option<&Value>) -> Error {
    let mut words = sql.split_whitespace();
    let before =
        words.find(|word| ["from", "into", "update"].iter().any(|key| word.eq_ignore_ascii_case(key)));
    let table = before.and_then(|_| words.next()).unwrap_or("?");
    let id = match first {
        Some(Value::Uuid(id)) => id.to_string(),
        _ => "?".to_owned(),
    };
    Error::Corrupt { table, column: expression(sql, index).unwrap_or("?"), id }
}

/// The expression that gives a column of the result, from the list after `returning` or `select`.
fn expression(sql: &'static str, index: usize) -> Option<&'static str> {
    let list =
        ["returning ", "select "].iter().find_map(|word| Some(&sql[sql.find(word)? + word.len()..]))?;
    let mut depth = 0;
    let mut columns = list.split(|character| {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        character == ',' && depth == 0
    });
    Some(columns.nth(index)?.split(" from ").next()?.trim())
}

impl FromColumn for Uuid {
    fn from_column(value: &Value) -> Option<Self> {
        match value {
            Value::Uuid(id) => Some(*id),
            _ => None,
        }
    }
}

impl FromColumn for String {
    fn from_column(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl FromColumn for i64 {
    fn from_column(value: &Value) -> Option<Self> {
        match value {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }
}

impl FromColumn for i32 {
    fn from_column(value: &Value) -> Option<Self> {
        i64::from_column(value)?.try_into().ok()
    }
}

impl FromColumn for u32 {
    fn from_column(value: &Value) -> Option<Self> {
        i64::from_column(value)?.try_into().ok()
    }
}

impl FromColumn for bool {
    fn from_column(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(flag) => Some(*flag),
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl FromColumn for DateTime<Utc> {
    fn from_column(value: &Value) -> Option<Self> {
        match value {
            Value::Time(time) => Some(*time),
            Value::Int(micros) => Self::from_timestamp_micros(*micros),
            _ => None,
        }
    }
}

impl FromColumn for Vec<u8> {
    fn from_column(value: &Value) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => Some(bytes.clone()),
            // SQLite can't tell 16 bytes from an id.
            Value::Uuid(id) => Some(id.as_bytes().to_vec()),
            _ => None,
        }
    }
}

impl<const N: usize> FromColumn for [u8; N] {
    fn from_column(value: &Value) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => bytes.as_slice().try_into().ok(),
            Value::Uuid(id) => id.as_bytes().as_slice().try_into().ok(),
            _ => None,
        }
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    fn from_column(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::from_column(other).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_another_type_is_told_with_its_table_and_row() {
        let id = Uuid::from_u128(7);
        let row = Row::new(
            vec![Value::Uuid(id), Value::Null, Value::Int(3)],
            "select id, coalesce(a, b), name from customer where id = $1",
        );
        assert_eq!(row.get::<Uuid>(0).unwrap(), id);
        let told = row.get::<String>(2).unwrap_err().to_string();
        assert_eq!(
            told,
            "the row 00000000-0000-0000-0000-000000000007 of customer holds an unexpected value in name"
        );
        let told = row.get::<i64>(1).unwrap_err().to_string();
        assert_eq!(
            told,
            "the row 00000000-0000-0000-0000-000000000007 of customer holds an unexpected value in coalesce(a, b)"
        );
        assert!(matches!(row.get::<i64>(3), Err(Error::Corrupt { column: "?", .. })));
    }

    #[test]
    fn numbers_and_lengths_that_do_not_fit_are_refused() {
        let row =
            Row::new(vec![Value::Int(1 << 40), Value::Int(-1), Value::Bytes(vec![0; 3]), Value::Int(2)], "");
        assert!(row.get::<i32>(0).is_err());
        assert!(row.get::<u32>(1).is_err());
        assert!(row.get::<[u8; 4]>(2).is_err());
        assert!(row.get::<bool>(3).is_err());
        assert_eq!(row.get::<[u8; 3]>(2).unwrap(), [0; 3]);
    }
}
