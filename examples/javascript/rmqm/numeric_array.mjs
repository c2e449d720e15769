// An array of numbers: type (NumPy kind letter and size in bytes), shape, little-endian bytes in
// C order. Typed arrays take the byte order of the machine, so this needs a little-endian one; on
// another the digest of the table of normal values (RMQM-WN-006) fails at once.

const TYPES = {
  u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, u8: BigUint64Array,
  i1: Int8Array, i2: Int16Array, i4: Int32Array, i8: BigInt64Array,
  b1: Uint8Array, f2: Uint16Array, f4: Float32Array, f8: Float64Array,
};

export class NumericArray {
  constructor(type, shape, bytes) {
    const Values = TYPES[type];
    if (!Values) throw new TypeError(`type of an array must be among ${Object.keys(TYPES).join(", ")}; got ${type}`);
    const size = sizeOf(shape) * Values.BYTES_PER_ELEMENT;
    if (bytes.length !== size) {
      throw new TypeError(`an array ${type} of shape (${shape}) must have ${size} bytes; got ${bytes.length}`);
    }
    this.type = type;
    this.shape = shape;
    // A copy, because typed arrays need aligned bytes.
    this.raw = new Values(Uint8Array.from(bytes).buffer);
  }

  /** Make an array of type f4 or f8 of numbers. */
  static of(type, shape, numbers) {
    const values = TYPES[type].from(numbers);
    return new NumericArray(type, shape, new Uint8Array(values.buffer));
  }

  /** Make one array of equally long rows. */
  static stack(type, shape, rows) {
    const values = new TYPES[type](sizeOf(shape));
    let at = 0;
    for (const row of rows) {
      values.set(row, at);
      at += row.length;
    }
    return new NumericArray(type, shape, new Uint8Array(values.buffer));
  }

  get bytes() {
    return new Uint8Array(this.raw.buffer);
  }

  /** The values as Float32Array (type f4) or Float64Array (any other type). */
  floats() {
    if (this.type === "f4" || this.type === "f8") return this.raw;
    return Float64Array.from(this.raw, this.type === "f2" ? halfPrecision : Number);
  }

  /** The values as one Float64Array for each entry of the first axis. */
  rows() {
    return rowsOf(Float64Array.from(this.floats()), this.shape);
  }

  /** The same, in the type of the array. */
  typedRows() {
    return rowsOf(this.floats(), this.shape);
  }
}

export function sizeOf(shape) {
  return shape.reduce((size, length) => size * length, 1);
}

function rowsOf(values, [count, ...rest]) {
  const size = sizeOf(rest);
  return Array.from({ length: count }, (_, i) => values.subarray(i * size, (i + 1) * size));
}

/** The number of some bits of half precision. */
export function halfPrecision(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The integer nearest to a value, ties to even. */
export function toEven(value) {
  const below = Math.floor(value);
  const over = value - below;
  if (over !== 0.5) return over < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

/** The bits of the number of half precision nearest to a value, ties to even. */
export function halfBits(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size === 0) return sign;
  const exponent = Math.max(Math.floor(Math.log2(size)), -14);
  // Counted in the spacing at this exponent, the significand carries into the exponent by itself.
  const steps = toEven(size * 2 ** (10 - exponent));
  if (exponent > 15 || (exponent === 15 && steps > 2047)) return sign | 0x7c00;
  return sign | (steps + (exponent + 14) * 1024);
}
