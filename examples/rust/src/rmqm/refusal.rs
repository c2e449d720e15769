//! A request that breaks a rule is refused, with the message that a user would see.

#[derive(Debug, Clone, PartialEq)]
pub struct Refusal(pub String);

pub type Checked<T> = Result<T, Refusal>;

/// Refuse with a message that is formatted like that of `println!`.
#[macro_export]
macro_rules! refuse {
    ($($message:tt)*) => {
        return Err($crate::rmqm::refusal::Refusal(format!($($message)*)))
    };
}
