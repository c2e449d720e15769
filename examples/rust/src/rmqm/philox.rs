//! Philox4x64 with 10 rounds (RMQM-WN-003).

const ROUNDS: usize = 10;
const MULTIPLIERS: [u64; 2] = [0xD2E7_470E_E14C_6C93, 0xCA5A_8263_9512_1157];
const INCREMENTS: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xBB67_AE85_84CA_A73B];

/// The four words of the block at a counter value, whose lowest word comes first.
pub fn block(counter: [u64; 4], key: [u64; 2]) -> [u64; 4] {
    let [mut c0, mut c1, mut c2, mut c3] = counter;
    let [mut k0, mut k1] = key;
    for _ in 0..ROUNDS {
        let (h0, l0) = halves(MULTIPLIERS[0], c0);
        let (h1, l1) = halves(MULTIPLIERS[1], c2);
        (c0, c1, c2, c3) = (h1 ^ c1 ^ k0, l1, h0 ^ c3 ^ k1, l0);
        k0 = k0.wrapping_add(INCREMENTS[0]);
        k1 = k1.wrapping_add(INCREMENTS[1]);
    }
    [c0, c1, c2, c3]
}

/// The next counter value; after the last one comes 0.
pub fn next(mut counter: [u64; 4]) -> [u64; 4] {
    for word in &mut counter {
        *word = word.wrapping_add(1);
        if *word != 0 {
            break;
        }
    }
    counter
}

/// Sixteen lanes of 16 bits, lowest bits of the first word first (RMQM-WN-005).
pub fn lanes(block: [u64; 4]) -> [u16; 16] {
    std::array::from_fn(|k| (block[k / 4] >> (16 * (k % 4))) as u16)
}

fn halves(a: u64, b: u64) -> (u64, u64) {
    let product = u128::from(a) * u128::from(b);
    ((product >> 64) as u64, product as u64)
}
