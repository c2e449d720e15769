//! The specification as code, one idea per file. Nothing here knows of JSON or of the kit.

pub mod bounds;
pub mod characterize;
pub mod content_id;
pub mod distances;
pub mod given_distances;
pub mod half;
pub mod inputs;
pub mod interval;
pub mod normal_quantile;
pub mod normal_table;
pub mod numeric_array;
pub mod philox;
pub mod real;
pub mod refusal;
pub mod relative_change;
pub mod resolution;
pub mod sha256;
pub mod student_t;
pub mod sums;
pub mod value_map;
pub mod white_noise;
pub mod whole_number;
