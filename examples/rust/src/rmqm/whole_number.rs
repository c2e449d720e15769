//! Whole numbers of any size: levels and counters outgrow 64 bits.

use std::cmp::Ordering;

/// A number of at least 0: words of 64 bits, lowest first, the highest not zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeNumber(Vec<u64>);

impl WholeNumber {
    /// Read decimal digits.
    pub fn from_digits(digits: &str) -> Self {
        let mut number = WholeNumber(Vec::new());
        for digit in digits.bytes() {
            number = number.times(10).plus(u64::from(digit - b'0'));
        }
        number
    }

    pub fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    pub fn times(&self, factor: u64) -> Self {
        let mut words = Vec::with_capacity(self.0.len() + 1);
        let mut carry = 0u128;
        for &word in &self.0 {
            carry += u128::from(word) * u128::from(factor);
            words.push(carry as u64);
            carry >>= 64;
        }
        words.push(carry as u64);
        Self::of(words)
    }

    pub fn plus(&self, summand: u64) -> Self {
        let mut words = self.0.clone();
        let mut carry = summand;
        for word in &mut words {
            let (sum, overflow) = word.overflowing_add(carry);
            (*word, carry) = (sum, u64::from(overflow));
        }
        words.push(carry);
        Self::of(words)
    }

    /// The four words of a number below 2^256, otherwise nothing.
    pub fn four_words(&self) -> Option<[u64; 4]> {
        let mut words = self.0.clone();
        words.resize(words.len().max(4), 0);
        words.try_into().ok()
    }

    pub fn bits(&self) -> usize {
        match self.0.last() {
            Some(word) => 64 * self.0.len() - word.leading_zeros() as usize,
            None => 0,
        }
    }

    /// The float64 nearest to this number divided by another that is not smaller.
    ///
    /// Both are whole numbers of any size, so the quotient is rounded once, not three times.
    pub fn ratio(&self, whole: &WholeNumber) -> f64 {
        if self.is_zero() {
            return 0.0;
        }
        // 56 or 57 bits of the quotient, and in the lowest one whether anything is left over.
        let shift = whole.bits() - self.bits() + 56;
        let mut rest = self.shifted(shift);
        let mut quotient = 0u64;
        for bit in (0..=56).rev() {
            let part = whole.shifted(bit);
            if rest >= part {
                rest = rest.minus(&part);
                quotient |= 1 << bit;
            }
        }
        quotient |= u64::from(!rest.is_zero());
        quotient as f64 * 0.5f64.powi(shift as i32)
    }

    fn shifted(&self, bits: usize) -> Self {
        let mut words = vec![0; bits / 64];
        words.extend(&self.0);
        Self::of(words).times(1 << (bits % 64))
    }

    fn minus(&self, smaller: &WholeNumber) -> Self {
        let mut words = self.0.clone();
        let mut borrow = false;
        for (place, word) in words.iter_mut().enumerate() {
            let other = smaller.0.get(place).copied().unwrap_or(0);
            let (once, first) = word.overflowing_sub(other);
            let (twice, second) = once.overflowing_sub(u64::from(borrow));
            (*word, borrow) = (twice, first || second);
        }
        Self::of(words)
    }

    fn tenth(&self) -> (Self, u64) {
        let mut words = self.0.clone();
        let mut rest = 0u128;
        for word in words.iter_mut().rev() {
            let value = rest << 64 | u128::from(*word);
            (*word, rest) = ((value / 10) as u64, value % 10);
        }
        (Self::of(words), rest as u64)
    }

    fn of(mut words: Vec<u64>) -> Self {
        while words.last() == Some(&0) {
            words.pop();
        }
        WholeNumber(words)
    }
}

impl std::fmt::Display for WholeNumber {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        let (rest, digit) = self.tenth();
        if !rest.is_zero() {
            rest.fmt(formatter)?;
        }
        write!(formatter, "{digit}")
    }
}

impl Ord for WholeNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_length = self.0.len().cmp(&other.0.len());
        by_length.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

impl PartialOrd for WholeNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
