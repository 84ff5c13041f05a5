// The models in JavaScript: a vector is an array of numbers, a matrix an array of its rows, a loss a sum over samples.
// Every call throws a ValueError that names the argument, where a shape does not fit or a number is not finite.
"use strict";

// -- Q1: a logistic neuron, with margins t = X w + b and predictions p = sigmoid(t) --

// 1 / (1 + exp(-t))
function logistic_predict(w, b, X) {
  check("(n,d),(d),()", { X, w, b });
  return margins(w, b, X).map(sigmoid);
}

// -sum_n [y ln p + (1 - y) ln(1 - p)], where -ln p = softplus(-t) and -ln(1 - p) = softplus(t)
function logistic_loss(w, b, X, y) {
  check("(n,d),(d),(),(n)", { X, w, b, y });
  within(0, 1, { y });
  return sum(margins(w, b, X).map((t, n) => y[n] * softplus(-t) + (1 - y[n]) * softplus(t)));
}

// dw = sum_n (p - y) x, db = sum_n (p - y)
function logistic_gradient(w, b, X, y) {
  check("(n,d),(d),(),(n)", { X, w, b, y });
  within(0, 1, { y });
  const residual = margins(w, b, X).map((t, n) => sigmoid(t) - y[n]);
  return { dw: transposed(X).map((feature) => dot(feature, residual)), db: sum(residual) };
}

// sum_n p (1 - p) (x, 1)(x, 1)', where 1 - p = sigmoid(-t)
function logistic_hessian(w, b, X) {
  check("(n,d),(d),()", { X, w, b });
  const roots = margins(w, b, X).map((t) => Math.sqrt(sigmoid(t) * sigmoid(-t)));
  const features = transposed(X.map((x, n) => [...x, 1].map((entry) => roots[n] * entry)));
  return features.map((first) => features.map((second) => dot(first, second)));
}

// w - learning_rate dw, b - learning_rate db
function logistic_step(w, b, X, y, learning_rate) {
  check("()", { learning_rate });
  const { dw, db } = logistic_gradient(w, b, X, y);
  return { w: w.map((wi, i) => wi - learning_rate * dw[i]), b: b - learning_rate * db };
}

const margins = (w, b, X) => X.map((x) => dot(x, w) + b);

// The exponential of a negative number cannot overflow.
function sigmoid(t) {
  const e = Math.exp(-Math.abs(t));
  return (t < 0 ? e : 1) / (1 + e);
}

// ln(1 + exp(t))
const softplus = (t) => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));

// -- Q2: batch normalisation, a column at a time --

// gamma (x - mean) / sqrt(var + eps) + beta, var divided by n
function batch_norm(x, gamma, beta, eps) {
  check("(n,d),(d),(d),()", { x, gamma, beta, eps });
  within(0, Infinity, { eps });
  return byColumn(x, (column, j) => normalised(column, eps).x_hat.map((value) => gamma[j] * value + beta[j]));
}

// dx = gamma / s (dy - mean(dy) - x_hat mean(dy x_hat)), dgamma = sum(dy x_hat), dbeta = sum(dy)
function batch_norm_backward(dy, x, gamma, eps) {
  check("(n,d),(n,d),(d),()", { x, dy, gamma, eps });
  within(0, Infinity, { eps });
  const upstream = transposed(dy);
  const columns = transposed(x).map((column) => normalised(column, eps));
  const dgamma = columns.map(({ x_hat }, j) => dot(upstream[j], x_hat));
  const dx = columns.map(({ x_hat, s }, j) =>
    centered(upstream[j]).map((g, n) => (gamma[j] / s) * (g - x_hat[n] * (dgamma[j] / x.length))),
  );
  return { dx: transposed(dx), dgamma, dbeta: upstream.map(sum) };
}

// gamma (x - mean) + beta
function centered_batch_norm(x, gamma, beta) {
  check("(n,d),(d),(d)", { x, gamma, beta });
  return byColumn(x, (column, j) => centered(column).map((value) => gamma[j] * value + beta[j]));
}

// dx = gamma (dy - mean(dy))
function centered_batch_norm_backward(dy, gamma) {
  check("(n,d),(d)", { dy, gamma });
  return byColumn(dy, (column, j) => centered(column).map((value) => gamma[j] * value));
}

const byColumn = (matrix, transform) => transposed(transposed(matrix).map(transform));

// The second time takes away what rounding left of the mean.
const centered = (v) => lessMean(lessMean(v));

function lessMean(v) {
  const mean = sum(v) / v.length;
  return v.map((value) => value - mean);
}

// x_hat = (x - mean) / s and s = sqrt(var + eps); no square overflows or vanishes, for they are of values up to one.
function normalised(column, eps) {
  const values = centered(column);
  const unit = largest(values.map(Math.abs)) || 1;
  const deviation = unit * Math.sqrt(sum(values.map((value) => (value / unit) ** 2)) / values.length);
  const s = Math.hypot(deviation, Math.sqrt(eps));
  if (s === 0) throw new ValueError("eps must be positive where a column of x is constant");
  return { x_hat: values.map((value) => value / s), s };
}

// -- Q3: a two-layer network at one sample --
// z1 = W1 x + b1, a = mask leaky_relu(z1), z2 = W2 a + b2, p = softmax(z2), L = -sum_k y_k ln p_k

// z where positive, else alpha z
function leaky_relu(z, alpha) {
  check("(...),()", { z, alpha });
  within(0, 1, { alpha });
  return entrywise(z, (zi) => (zi > 0 ? zi : alpha * zi));
}

// 1 where z is positive, else alpha
function leaky_relu_derivative(z, alpha) {
  check("(...),()", { z, alpha });
  within(0, 1, { alpha });
  return entrywise(z, (zi) => (zi > 0 ? 1 : alpha));
}

// Zeros with probability p, ones otherwise
function dropout_mask(size, p, seed) {
  check("(),(),()", { size, p, seed });
  integer({ size, seed });
  within(1, Infinity, { size });
  within(0, 1, { p });
  within(0, 2 ** 32 - 1, { seed });
  const uniform = generator(seed);
  return Array.from({ length: size }, () => (uniform() < p ? 0 : 1));
}

function network_predict(W1, b1, W2, b2, x, mask, alpha) {
  check("(h,d),(h),(K,h),(K),(d),(h)", { W1, b1, W2, b2, x, mask });
  return softmax(forward(W1, b1, W2, b2, x, mask, alpha).z2);
}

function network_loss(W1, b1, W2, b2, x, y, mask, alpha) {
  check("(h,d),(h),(K,h),(K),(d),(K),(h)", { W1, b1, W2, b2, x, y, mask });
  distribution({ y });
  return cross_entropy(forward(W1, b1, W2, b2, x, mask, alpha).z2, y);
}

// dz2 = p - y, dz1 = (W2' dz2) mask leaky_relu'(z1); dW2 = dz2 a', db2 = dz2, dW1 = dz1 x', db1 = dz1
function network_gradient(W1, b1, W2, b2, x, y, mask, alpha) {
  check("(h,d),(h),(K,h),(K),(d),(K),(h)", { W1, b1, W2, b2, x, y, mask });
  distribution({ y });
  const { z1, a, z2 } = forward(W1, b1, W2, b2, x, mask, alpha);
  const dz2 = cross_entropy_gradient(z2, y);
  const slopes = leaky_relu_derivative(z1, alpha);
  const dz1 = transposed(W2).map((column, i) => dot(column, dz2) * mask[i] * slopes[i]);
  return { dW1: outer(dz1, x), db1: dz1, dW2: outer(dz2, a), db2: dz2 };
}

function forward(W1, b1, W2, b2, x, mask, alpha) {
  if (mask.some((m) => m !== 0 && m !== 1)) throw new ValueError("mask must hold zeros and ones");
  const z1 = W1.map((row, i) => dot(row, x) + b1[i]);
  const a = leaky_relu(z1, alpha).map((value, i) => mask[i] * value);
  const z2 = W2.map((row, k) => dot(row, a) + b2[k]);
  return { z1, a, z2 };
}

// Uniform numbers in [0, 1): the generator sfc32 of PractRand, a stream of its own for each seed.
function generator(seed) {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88, 1];
  const next = () => {
    const drawn = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    return (drawn >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 20; i++) next(); // until the seed has reached every bit
  return next;
}

// -- Q4: the polynomial sum c[i][j][k] u^i v^j z^k at point = (u, v, z) --

function trivariate_value(c, point) {
  return derivative(c, point)(0, 0, 0);
}

function trivariate_gradient(c, point) {
  const D = derivative(c, point);
  return [D(1, 0, 0), D(0, 1, 0), D(0, 0, 1)];
}

// The Jacobian of the gradient
function trivariate_hessian(c, point) {
  const D = derivative(c, point);
  return [
    [D(2, 0, 0), D(1, 1, 0), D(1, 0, 1)],
    [D(1, 1, 0), D(0, 2, 0), D(0, 1, 1)],
    [D(1, 0, 1), D(0, 1, 1), D(0, 0, 2)],
  ];
}

// The derivative taken so many times by u, by v and by z
function derivative(c, point) {
  check("(p,q,r),(3)", { c, point });
  const sizes = [c.length, c[0].length, c[0][0].length];
  const [u, v, z] = sizes.map((size, axis) => [0, 1, 2].map((times) => monomials(point[axis], size, times)));
  return (i, j, k) => dot(u[i], c.map((plane) => dot(v[j], plane.map((row) => dot(z[k], row)))));
}

// 1, x, x^2, ..., differentiated so many times: m (m - 1) ... x^(m - times)
function monomials(x, size, times) {
  const powers = [1];
  while (powers.length < size) powers.push(powers.at(-1) * x);
  const factor = (m) => [1, m, m * (m - 1)][times];
  return powers.map((_, m) => (m < times ? 0 : factor(m) * powers[m - times]));
}

// -- Q5: a linear unit under Gaussian dropout, delta_k of mean 1 and variance sigma^2 --

// (target - sum_k delta_k w_k x_k)^2 / 2
function gaussian_dropout_loss(w, x, target, delta) {
  return residual(w, x, target, delta) ** 2 / 2;
}

// -(target - sum_k delta_k w_k x_k) delta_i x_i
function gaussian_dropout_gradient(w, x, target, delta) {
  const r = residual(w, x, target, delta);
  return x.map((xi, i) => -r * delta[i] * xi);
}

// (target - w.x)^2 / 2 + sigma^2 / 2 sum_k w_k^2 x_k^2
function gaussian_dropout_expected_loss(w, x, target, sigma) {
  const penalty = gaussian_dropout_penalty(w, x, sigma);
  return gaussian_dropout_loss(w, x, target, ones(x)) + penalty;
}

// -(target - w.x) x_i + sigma^2 x_i^2 w_i
function gaussian_dropout_expected_gradient(w, x, target, sigma) {
  check("()", { sigma });
  within(0, Infinity, { sigma });
  const noiseless = gaussian_dropout_gradient(w, x, target, ones(x));
  return noiseless.map((g, i) => g + (sigma * x[i]) ** 2 * w[i]);
}

// sigma^2 / 2 sum_k w_k^2 x_k^2
function gaussian_dropout_penalty(w, x, sigma) {
  check("(n),(n),()", { w, x, sigma });
  within(0, Infinity, { sigma });
  return sum(w.map((wk, k) => (sigma * wk * x[k]) ** 2)) / 2;
}

function residual(w, x, target, delta) {
  check("(n),(n),(),(n)", { w, x, target, delta });
  return target - sum(w.map((wk, k) => delta[k] * wk * x[k]));
}

const ones = (v) => v.map(() => 1);

// -- Q6: Newton's method --

// x_{k+1} = x_k - f(x_k) / f'(x_k), which stays at a root once it hits it
function newton_root(f, fprime, x0, steps) {
  check("(),()", { x0, steps });
  integer({ steps });
  within(0, Infinity, { steps });
  const iterates = [x0];
  for (let x = x0; iterates.length <= steps; iterates.push(x)) {
    const value = f(x);
    if (value === 0) continue;
    const slope = fprime(x);
    if (slope === 0) throw new ZeroDivisionError(`fprime is 0 at ${x}`);
    x -= value / slope;
  }
  return iterates;
}

// The same for a stationary point of g
function newton_minimize(gprime, gsecond, x0, steps) {
  return newton_root(gprime, gsecond, x0, steps);
}

// -- Q7: softmax and cross-entropy of logits z, p = softmax(z) --

// exp(z_i) / sum_j exp(z_j), without the overflow
function softmax(z) {
  check("(K)", { z });
  const top = largest(z);
  const e = z.map((zi) => Math.exp(zi - top));
  const total = sum(e);
  return e.map((ei) => ei / total);
}

// diag(p) - p p'; each row sums to zero, which gives the diagonal without the cancellation of p_k - p_k^2
function softmax_jacobian(z) {
  const p = softmax(z);
  return p.map((pk, k) => {
    const row = p.map((pi, i) => (i === k ? 0 : -pk * pi));
    row[k] = -sum(row);
    return row;
  });
}

// -sum_k y_k ln p_k, where -ln p_k = (max z - z_k) + ln(1 + the other exponentials)
function cross_entropy(z, y) {
  check("(K),(K)", { z, y });
  within(0, Infinity, { y });
  const top = largest(z);
  const first = z.indexOf(top);
  const partition = Math.log1p(sum(z.map((zk, k) => (k === first ? 0 : Math.exp(zk - top)))));
  return sum(z.map((zk, k) => (y[k] > 0 ? y[k] * (top - zk + partition) : 0)));
}

// sum(y) p - y
function cross_entropy_gradient(z, y) {
  check("(K),(K)", { z, y });
  within(0, Infinity, { y });
  const labels = sum(y);
  return softmax(z).map((pk, k) => labels * pk - y[k]);
}

// diag(p) - p p', for labels that sum to one
function cross_entropy_hessian(z) {
  return softmax_jacobian(z);
}

// -- Vectors and matrices --

const sum = (v) => v.reduce((total, value) => total + value, 0);
const dot = (v, w) => v.reduce((total, value, i) => total + value * w[i], 0);
const largest = (v) => v.reduce((most, value) => Math.max(most, value));
const outer = (v, w) => v.map((x) => w.map((y) => x * y));
const transposed = (matrix) => matrix[0].map((_, j) => matrix.map((row) => row[j]));
const entrywise = (z, f) => (Array.isArray(z) ? z.map((part) => entrywise(part, f)) : f(z));

// -- Bad arguments --

class ValueError extends Error {
  name = "ValueError";
}

class ZeroDivisionError extends Error {
  name = "ZeroDivisionError";
}

// Refuses what is not of its shape, such as (n,d) or (), and what is not finite; a letter is one size of at least 1.
function check(signature, given) {
  const sizes = { 3: 3 };
  const shapes = signature.slice(1, -1).split("),(");
  Object.entries(given).forEach(([name, value], position) => {
    const shape = shapeOf(value);
    if (!fits(shape, shapes[position], sizes)) {
      const names = Object.keys(given).join(", ");
      throw new ValueError(`${name} has shape (${shape}), but ${names} must have shapes ${signature}`);
    }
    if (!full(value, shape)) throw new ValueError(`${name} must hold finite numbers`);
  });
}

function fits(shape, letters, sizes) {
  if (letters === "...") return !shape.includes(0);
  const due = letters ? letters.split(",") : [];
  return shape.length === due.length && shape.every((n, axis) => n > 0 && n === (sizes[due[axis]] ??= n));
}

const shapeOf = (value) => (Array.isArray(value) ? [value.length, ...(value.length ? shapeOf(value[0]) : [])] : []);

function full(value, shape, axis = 0) {
  if (axis === shape.length) return Number.isFinite(value);
  return Array.isArray(value) && value.length === shape[axis] && value.every((part) => full(part, shape, axis + 1));
}

function within(low, high, given) {
  for (const [name, value] of Object.entries(given)) {
    const entries = Array.isArray(value) ? value : [value];
    if (!entries.every((x) => low <= x && x <= high)) {
      throw new ValueError(`${name} must lie within [${low}, ${high}]`);
    }
  }
}

function integer(given) {
  for (const [name, value] of Object.entries(given)) {
    if (!Number.isInteger(value)) throw new ValueError(`${name} must be a whole number`);
  }
}

// Labels may come in single precision, and their sum rounds with each of them.
function distribution(given) {
  within(0, 1, given);
  for (const [name, labels] of Object.entries(given)) {
    if (Math.abs(sum(labels) - 1) > labels.length * 2 ** -23) throw new ValueError(`${name} must sum to one`);
  }
}

module.exports = {
  logistic_predict,
  logistic_loss,
  logistic_gradient,
  logistic_hessian,
  logistic_step,
  batch_norm,
  batch_norm_backward,
  centered_batch_norm,
  centered_batch_norm_backward,
  leaky_relu,
  leaky_relu_derivative,
  dropout_mask,
  softmax,
  softmax_jacobian,
  network_predict,
  network_loss,
  network_gradient,
  trivariate_value,
  trivariate_gradient,
  trivariate_hessian,
  gaussian_dropout_loss,
  gaussian_dropout_gradient,
  gaussian_dropout_expected_loss,
  gaussian_dropout_expected_gradient,
  gaussian_dropout_penalty,
  newton_root,
  newton_minimize,
  cross_entropy,
  cross_entropy_gradient,
  cross_entropy_hessian,
};
