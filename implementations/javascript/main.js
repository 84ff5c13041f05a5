// Answers the calls of models.js over the wire: requests come on descriptor 3, replies go to descriptor 4.
"use strict";

const fs = require("node:fs");
const models = require("./models.js");

const [REQUESTS, REPLIES] = [3, 4];
const HELLO = {
  protocol: 1,
  name: "Lydite's models in JavaScript",
  version: "1.0",
  language: `JavaScript (Node ${process.versions.node})`,
  calls: Object.keys(models),
  arrays: ["numbers", "base64", "binary"],
};

// -- Messages: a line of JSON, and the bytes that it announces --

let buffer = Buffer.allocUnsafe(1 << 16);
let [start, end] = [0, 0]; // what has been read and not yet taken

// Reads once more; false at the end. What was taken stays as it is: only fresh bytes are written to.
function readMore() {
  if (end === buffer.length) {
    const larger = Buffer.allocUnsafe(Math.max(1 << 16, 2 * (end - start)));
    end = buffer.copy(larger, 0, start, end);
    [buffer, start] = [larger, 0];
  }
  const size = fs.readSync(REQUESTS, buffer, end, buffer.length - end, null);
  end += size;
  return size > 0;
}

function take(size) {
  while (end - start < size) if (!readMore()) throw new Error("the requests end within a message");
  start += size;
  return buffer.subarray(start - size, start);
}

// The length of the next line, or 0 when there is none.
function lineLength() {
  for (let searched = 0; ; ) {
    const found = buffer.subarray(start + searched, end).indexOf("\n");
    if (found >= 0) return searched + found + 1;
    searched = end - start;
    if (!readMore()) return 0;
  }
}

// The next message and its bytes, or null at the end.
function receive() {
  const length = lineLength();
  if (!length) return null;
  const message = JSON.parse(take(length).toString("utf8"));
  return { message, bytes: take(message.bytes ?? 0) };
}

function send(message, blocks = []) {
  const bytes = blocks.reduce((size, block) => size + block.length, 0);
  const line = JSON.stringify(bytes ? { ...message, bytes } : message) + "\n";
  let rest = Buffer.concat([Buffer.from(line), ...blocks]);
  while (rest.length) rest = rest.subarray(fs.writeSync(REPLIES, rest));
}

// -- Values: a number, an array as nested arrays, a function that asks the grader --

const TYPES = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
};
const SPELLED = { nan: NaN, inf: Infinity, "-inf": -Infinity };

const number = (value) => (typeof value === "string" ? SPELLED[value] : Number(value));

// JSON has neither NaN nor infinities.
function spelled(value) {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

function decode(argument, id, bytes) {
  if (typeof argument !== "object") return number(argument);
  if ("function" in argument) return (x) => evaluate(id, argument.function, x);
  return nested(entries(argument, bytes), argument.shape);
}

function entries({ shape, dtype, data, at }, bytes) {
  if (Array.isArray(data)) return data.map(number);
  const Type = TYPES[dtype];
  const size = shape.reduce((product, n) => product * n, 1) * Type.BYTES_PER_ELEMENT;
  const packed = typeof data === "string" ? Buffer.from(data, "base64") : bytes.subarray(at, at + size);
  return Array.from(new Type(new Uint8Array(packed).buffer), Number); // a copy, which starts where a Type may
}

function nested(flat, [n, ...rest]) {
  if (n === undefined) return flat[0];
  if (!rest.length) return flat;
  const size = flat.length / n;
  return Array.from({ length: n }, (_, i) => nested(flat.slice(i * size, (i + 1) * size), rest));
}

function evaluate(id, index, x) {
  send({ id, evaluate: index, at: spelled(x) });
  return number((receive() ?? process.exit()).message.value);
}

function encode(value, form, blocks) {
  if (typeof value === "number") return spelled(value);
  const flat = value.flat(Infinity);
  const array = { shape: shapeOf(value), dtype: "float64" };
  if (form === "numbers") return { ...array, data: flat.map(spelled) };
  const packed = Buffer.from(Float64Array.from(flat).buffer);
  if (form === "base64") return { ...array, data: packed.toString("base64") };
  const at = blocks.reduce((size, block) => size + block.length, 0);
  blocks.push(packed);
  return { ...array, at };
}

const shapeOf = (value) => (Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : []);

// -- Calls --

// Models return several values as an object.
function answer({ call, args }, { message, bytes }, blocks) {
  try {
    if (!Object.hasOwn(models, call)) throw new Error(`${call} is not offered`);
    const result = models[call](...args.map((argument) => decode(argument, message.id, bytes)));
    const one = typeof result === "number" || Array.isArray(result);
    if (one) return { value: encode(result, message.arrays, blocks) };
    return { values: Object.values(result).map((value) => encode(value, message.arrays, blocks)) };
  } catch (error) {
    return { error: { name: error.name, text: error.message } };
  }
}

for (let request = receive(); request; request = receive()) {
  const { id, ask, batch } = request.message;
  if (ask === "hello") send({ id, hello: HELLO });
  else {
    // Each answer goes out as soon as it is there: none waits for a slow one, or is lost with it.
    for (const call of batch) {
      const blocks = [];
      send({ id, answers: [answer(call, request, blocks)] }, blocks);
    }
  }
}
