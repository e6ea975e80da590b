//! The few parts that every page is made of. They know no page, no address and no rule of the domain.

pub mod alert;
pub mod badge;
pub mod button;
pub mod card;
pub mod confirm;
pub mod copy;
pub mod diff;
pub mod document;
pub mod empty;
pub mod entitled;
pub mod field;
pub mod guide;
pub mod icon;
pub mod line;
pub mod listing;
pub mod live;
pub mod markdown;
pub mod pager;
pub mod plot;
pub mod size;
pub mod spark;
pub mod stack;
pub mod table;
pub mod tabs;
pub mod time;
pub mod token;
