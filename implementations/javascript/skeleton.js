// A skeleton: answers one call, softmax, over the wire; add the calls of the contract to CALLS, and see main.js for
// arrays as bytes and for functions. Try it: lydite grade "exec:node skeleton.js" --only Q7
"use strict";

const fs = require("node:fs");

// -- Yours: each call takes its arguments in the order of the contract --

class ValueError extends Error {
  name = "ValueError"; // what a call throws when it refuses an argument
}

function softmax(z) {
  if (z.shape.length !== 1 || z.data.length === 0) throw new ValueError("z must be a vector with an entry at least");
  if (!z.data.every(Number.isFinite)) throw new ValueError("z must be finite");
  const top = z.data.reduce((most, x) => Math.max(most, x));
  const e = z.data.map((x) => Math.exp(x - top));
  const total = e.reduce((sum, x) => sum + x);
  return { shape: z.shape, data: e.map((x) => x / total) };
}

const CALLS = { softmax };

// -- Values: a number, or an array { shape, data } with its entries in one list, the last index running fastest --

const SPELLED = { nan: NaN, inf: Infinity, "-inf": -Infinity };

function decode(argument) {
  if (typeof argument === "object") return { shape: argument.shape, data: argument.data.map(decode) };
  return typeof argument === "string" ? SPELLED[argument] : Number(argument);
}

function encode(value) {
  if (typeof value === "object") return { shape: value.shape, dtype: "float64", data: value.data.map(encode) };
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

function answer({ call, args }) {
  try {
    const result = CALLS[call](...args.map(decode));
    // A call that returns several values returns a list of them.
    return Array.isArray(result) ? { values: result.map(encode) } : { value: encode(result) };
  } catch (error) {
    return { error: { name: error.name, text: error.message } };
  }
}

// -- Messages: a line of JSON each, requests from descriptor 3, replies to descriptor 4 --

let unread = "";
const decoder = new TextDecoder();

function receive() {
  const chunk = Buffer.alloc(1 << 16);
  while (!unread.includes("\n")) {
    const size = fs.readSync(3, chunk);
    if (size === 0) return null; // the grader is gone
    unread += decoder.decode(chunk.subarray(0, size), { stream: true });
  }
  const end = unread.indexOf("\n");
  const line = unread.slice(0, end);
  unread = unread.slice(end + 1);
  return JSON.parse(line);
}

function send(message) {
  let rest = Buffer.from(JSON.stringify(message) + "\n");
  while (rest.length) rest = rest.subarray(fs.writeSync(4, rest));
}

const hello = {
  protocol: 1,
  name: "skeleton",
  version: "0.1",
  language: "JavaScript",
  calls: Object.keys(CALLS),
  arrays: ["numbers"],
};

for (let request = receive(); request; request = receive()) {
  if (request.ask === "hello") send({ id: request.id, hello });
  else for (const call of request.batch) send({ id: request.id, answers: [answer(call)] });
}
