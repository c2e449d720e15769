//! The generator, the content id and white noise.

use super::Page;
use crate::rmqm::bounds::Bounds;
use crate::rmqm::content_id::content_id;
use crate::rmqm::inputs::prepare_image;
use crate::rmqm::normal_table::normal_table;
use crate::rmqm::numeric_array::{NumericArray, UINT8};
use crate::rmqm::philox;
use crate::rmqm::refusal::Checked;
use crate::rmqm::sha256;
use crate::rmqm::white_noise::{key_of, lanes, WhiteNoise};
use crate::rmqm::whole_number::WholeNumber;

const LEVELS: [(u64, [u16; 6], &str); 3] = [
    (
        1,
        [32512, 5651, 22472, 8667, 39995, 60200],
        "30036e9b8ad19f59bc9bbeafd0c60a16066fdcb876ae9e66fde17da58913ab13",
    ),
    (
        2,
        [59275, 6244, 21306, 61307, 6000, 45532],
        "a93fc4b3ae0938c906da729bb1a12c37e0be5339a64984f9b5336b7e8559ce3e",
    ),
    (
        99,
        [5979, 50585, 14082, 56119, 37419, 36284],
        "73d3c9c16cdc0c7e8bb2e23341b1bc4dd724240539a40dffccdfb1ca7082a5c9",
    ),
];

impl Page {
    pub fn generator(&mut self) {
        let words =
            [0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b];
        self.same("Philox", philox::block([0; 4], [0; 2]), words);
        let entries = [
            (0, -4.3875113),
            (1, -4.0804305),
            (16384, -0.6744657),
            (32767, -1.9124056e-05),
            (32768, 1.9124056e-05),
        ];
        for (lane, should) in entries {
            self.same("T[u]", normal_table()[lane], should);
        }
    }

    pub fn noise(&mut self) -> Checked<()> {
        let image = NumericArray { dtype: UINT8, shape: vec![1, 3, 6], bytes: (0..18).collect() };
        let id = content_id(&image);
        let named = "da3a92e3e9e05a7fe5df7caec4341665527e456c5c7fbd801f02dbcc743bab23";
        self.same("content id", id.as_str(), named);
        let key = key_of("0", &id);
        self.same("key", key, [0x89eed56c09b5c40c, 0xb0b3272215411560]);
        let bounds = Bounds::declared(0.0, 1.0)?;
        // The same values in the same order, as an image of one channel.
        let one_channel = NumericArray { shape: vec![3, 6, 1], ..image };
        let values = prepare_image(&one_channel, bounds)?.values;
        let n_levels = WholeNumber::from_digits("99");
        for (level, some_lanes, digest) in LEVELS {
            let drawn: Vec<u16> = lanes(key, [2 * level, 0, 0, 0], 18).collect();
            self.same("lanes", [&drawn[..4], &drawn[16..]].concat(), some_lanes.to_vec());
            let levels = &[WholeNumber::from_digits(&level.to_string())];
            let noise = WhiteNoise {
                levels,
                n_levels: &n_levels,
                seed: "0",
                bounds,
                coupling: "independent",
            };
            let altered = noise.alter(&values, std::slice::from_ref(&id))?;
            self.same("altered input", sha256::hex_digest(&altered.bytes).as_str(), digest);
        }
        Ok(())
    }
}
