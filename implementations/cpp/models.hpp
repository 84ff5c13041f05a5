// The models in C++: arrays with a shape, the entries in a valarray, the last index running fastest; a loss is a sum
// over samples. Every call throws a ValueError that names the argument, where a shape does not fit or a number is not
// finite.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <valarray>
#include <vector>

namespace models {

using Vector = std::valarray<double>;
using Function = std::function<double(double)>;
using std::size_t;

struct ValueError : std::runtime_error {
    using runtime_error::runtime_error;
};

struct ZeroDivisionError : std::runtime_error {
    using runtime_error::runtime_error;
};

struct Array {
    std::vector<size_t> shape;
    Vector entries;

    Array(std::vector<size_t> shape, Vector entries) : shape(std::move(shape)), entries(std::move(entries)) {}
    Array(Vector entries) : shape{entries.size()}, entries(std::move(entries)) {}
    Array(size_t rows, size_t columns) : shape{rows, columns}, entries(rows * columns) {}

    size_t size() const { return entries.size(); }
    double& operator[](size_t i) { return entries[i]; }
    double operator[](size_t i) const { return entries[i]; }
    double& operator()(size_t i, size_t j) { return entries[i * shape[1] + j]; }
    double operator()(size_t i, size_t j) const { return entries[i * shape[1] + j]; }

    // Of a matrix
    size_t rows() const { return shape[0]; }
    size_t columns() const { return shape[1]; }
    Vector row(size_t i) const { return entries[std::slice(i * columns(), columns(), 1)]; }
    Vector column(size_t j) const { return entries[std::slice(j, rows(), columns())]; }
    void set_column(size_t j, const Vector& values) { entries[std::slice(j, rows(), columns())] = values; }
};

inline double dot(const Vector& v, const Vector& w) { return (v * w).sum(); }

// A v
inline Vector product(const Array& A, const Vector& v) {
    Vector result(A.rows());
    for (size_t i = 0; i < A.rows(); ++i) result[i] = dot(A.row(i), v);
    return result;
}

// v' A
inline Vector product(const Vector& v, const Array& A) {
    Vector result(A.columns());
    for (size_t j = 0; j < A.columns(); ++j) result[j] = dot(v, A.column(j));
    return result;
}

// v w'
inline Array outer(const Vector& v, const Vector& w) {
    Array result(v.size(), w.size());
    for (size_t i = 0; i < v.size(); ++i)
        for (size_t j = 0; j < w.size(); ++j) result(i, j) = v[i] * w[j];
    return result;
}

// -- Bad arguments --

struct Argument {
    std::string name;
    std::vector<size_t> shape;
    const double* entries;

    Argument(const char* name, const Array& a)
        : name(name), shape(a.shape), entries(a.size() ? &a.entries[0] : nullptr) {}
    Argument(const char* name, const double& x) : name(name), entries(&x) {}

    size_t size() const { return std::accumulate(shape.begin(), shape.end(), size_t(1), std::multiplies<>()); }
};

inline std::ostream& operator<<(std::ostream& out, const std::vector<size_t>& shape) {
    out << '(';
    for (size_t axis = 0; axis < shape.size(); ++axis) out << (axis ? "," : "") << shape[axis];
    return out << ')';
}

template <class... Parts>
std::string text(const Parts&... parts) {
    std::ostringstream out;
    (out << ... << parts);
    return out.str();
}

// Whether a shape is the next of a signature such as (n,d),(d),(), where a letter is one size of at least 1.
inline bool fits(const std::vector<size_t>& shape, std::istream& signature, std::map<std::string, size_t>& sizes) {
    std::string letters, letter;
    std::getline(signature.ignore(1, '('), letters, ')');
    signature.ignore(1, ',');
    if (letters == "...") return std::count(shape.begin(), shape.end(), 0) == 0;
    std::istringstream due(letters);
    size_t axis = 0;
    for (; std::getline(due, letter, ','); ++axis) {
        if (axis == shape.size() || shape[axis] == 0) return false;
        if (sizes.emplace(letter, shape[axis]).first->second != shape[axis]) return false;
    }
    return axis == shape.size();
}

// Refuses arguments that do not have the shapes of the signature, and entries that are not finite.
inline void check(const std::string& signature, std::initializer_list<Argument> arguments) {
    std::istringstream shapes(signature);
    std::map<std::string, size_t> sizes{{"3", 3}};
    for (const Argument& a : arguments) {
        if (!fits(a.shape, shapes, sizes))
            throw ValueError(text(a.name, " has shape ", a.shape, ", which does not fit ", signature));
        if (!std::all_of(a.entries, a.entries + a.size(), [](double x) { return std::isfinite(x); }))
            throw ValueError(a.name + " must be finite");
    }
}

inline void within(double low, double high, const Argument& a) {
    if (!std::all_of(a.entries, a.entries + a.size(), [=](double x) { return low <= x && x <= high; }))
        throw ValueError(text(a.name, " must lie within [", low, ", ", high, "]"));
}

constexpr double infinity = std::numeric_limits<double>::infinity();

// -- Q1: a logistic neuron, with margins t = X w + b and predictions p = sigmoid(t) --

inline Vector margins(const Array& w, double b, const Array& X) { return product(X, w.entries) + b; }

// 1 / (1 + exp(-t)); the exponential of a negative number cannot overflow
inline double sigmoid(double t) {
    const double e = std::exp(-std::abs(t));
    return (t < 0 ? e : 1) / (1 + e);
}

// ln(1 + exp(t))
inline double softplus(double t) { return std::max(t, 0.0) + std::log1p(std::exp(-std::abs(t))); }

inline Array logistic_predict(const Array& w, double b, const Array& X) {
    check("(n,d),(d),()", {{"X", X}, {"w", w}, {"b", b}});
    return Vector(margins(w, b, X).apply(sigmoid));
}

// -sum_n [y ln p + (1 - y) ln(1 - p)], where -ln p = softplus(-t) and -ln(1 - p) = softplus(t)
inline double logistic_loss(const Array& w, double b, const Array& X, const Array& y) {
    check("(n,d),(d),(),(n)", {{"X", X}, {"w", w}, {"b", b}, {"y", y}});
    within(0, 1, {"y", y});
    const Vector t = margins(w, b, X);
    return (y.entries * Vector(-t).apply(softplus) + (1.0 - y.entries) * t.apply(softplus)).sum();
}

// dw = sum_n (p - y) x, db = sum_n (p - y)
inline std::tuple<Array, double> logistic_gradient(const Array& w, double b, const Array& X, const Array& y) {
    check("(n,d),(d),(),(n)", {{"X", X}, {"w", w}, {"b", b}, {"y", y}});
    within(0, 1, {"y", y});
    const Vector residual = margins(w, b, X).apply(sigmoid) - y.entries;
    return {product(residual, X), residual.sum()};
}

// sum_n p (1 - p) (x, 1)(x, 1)', where 1 - p = sigmoid(-t)
inline Array logistic_hessian(const Array& w, double b, const Array& X) {
    check("(n,d),(d),()", {{"X", X}, {"w", w}, {"b", b}});
    const size_t d = w.size();
    const Vector root = margins(w, b, X).apply([](double t) { return std::sqrt(sigmoid(t) * sigmoid(-t)); });
    const auto feature = [&](size_t j) -> Vector { return j < d ? Vector(root * X.column(j)) : root; };
    Array hessian(d + 1, d + 1);
    for (size_t i = 0; i <= d; ++i)
        for (size_t j = 0; j <= d; ++j) hessian(i, j) = dot(feature(i), feature(j));
    return hessian;
}

// w - learning_rate dw, b - learning_rate db
inline std::tuple<Array, double> logistic_step(const Array& w, double b, const Array& X, const Array& y,
                                               double learning_rate) {
    check("()", {{"learning_rate", learning_rate}});
    const auto [dw, db] = logistic_gradient(w, b, X, y);
    return {Vector(w.entries - learning_rate * dw.entries), b - learning_rate * db};
}

// -- Q2: batch normalisation, a column at a time --

inline double mean(const Vector& v) { return v.sum() / v.size(); }

// The second time takes away what rounding left of the mean.
inline Vector centered(const Vector& v) {
    const Vector once = v - mean(v);
    return once - mean(once);
}

struct Normalised {
    Vector x_hat;
    double s;
};

// x_hat = (x - mean) / s and s = sqrt(var + eps); no square overflows or vanishes, for they are of values up to one
inline Normalised normalised(const Vector& column, double eps) {
    const Vector values = centered(column);
    const double largest = std::abs(values).max(), unit = largest > 0 ? largest : 1;
    const Vector share = values / unit;
    const double s = std::hypot(unit * std::sqrt(mean(share * share)), std::sqrt(eps));
    if (s == 0) throw ValueError("eps must be positive where a column of x is constant");
    return {values / s, s};
}

// gamma (x - mean) / sqrt(var + eps) + beta, var divided by n
inline Array batch_norm(const Array& x, const Array& gamma, const Array& beta, double eps) {
    check("(n,d),(d),(d),()", {{"x", x}, {"gamma", gamma}, {"beta", beta}, {"eps", eps}});
    within(0, infinity, {"eps", eps});
    Array y(x.rows(), x.columns());
    for (size_t j = 0; j < x.columns(); ++j)
        y.set_column(j, gamma[j] * normalised(x.column(j), eps).x_hat + beta[j]);
    return y;
}

// dx = gamma / s (dy - mean(dy) - x_hat mean(dy x_hat)), dgamma = sum(dy x_hat), dbeta = sum(dy)
inline std::tuple<Array, Array, Array> batch_norm_backward(const Array& dy, const Array& x, const Array& gamma,
                                                           double eps) {
    check("(n,d),(n,d),(d),()", {{"x", x}, {"dy", dy}, {"gamma", gamma}, {"eps", eps}});
    within(0, infinity, {"eps", eps});
    Array dx(x.rows(), x.columns());
    Vector dgamma(x.columns()), dbeta(x.columns());
    for (size_t j = 0; j < x.columns(); ++j) {
        const auto [x_hat, s] = normalised(x.column(j), eps);
        const Vector upstream = dy.column(j);
        dgamma[j] = dot(upstream, x_hat);
        dbeta[j] = upstream.sum();
        dx.set_column(j, gamma[j] / s * (centered(upstream) - x_hat * (dgamma[j] / x.rows())));
    }
    return {dx, dgamma, dbeta};
}

// gamma (x - mean) + beta
inline Array centered_batch_norm(const Array& x, const Array& gamma, const Array& beta) {
    check("(n,d),(d),(d)", {{"x", x}, {"gamma", gamma}, {"beta", beta}});
    Array y(x.rows(), x.columns());
    for (size_t j = 0; j < x.columns(); ++j) y.set_column(j, gamma[j] * centered(x.column(j)) + beta[j]);
    return y;
}

// dx = gamma (dy - mean(dy))
inline Array centered_batch_norm_backward(const Array& dy, const Array& gamma) {
    check("(n,d),(d)", {{"dy", dy}, {"gamma", gamma}});
    Array dx(dy.rows(), dy.columns());
    for (size_t j = 0; j < dy.columns(); ++j) dx.set_column(j, gamma[j] * centered(dy.column(j)));
    return dx;
}

// -- Q7: softmax and cross-entropy of logits z, p = softmax(z) --

// exp(z_i) / sum_j exp(z_j), without the overflow
inline Array softmax(const Array& z) {
    check("(K)", {{"z", z}});
    const Vector e = std::exp(z.entries - z.entries.max());
    return Vector(e / e.sum());
}

// diag(p) - p p'; each row sums to zero, which gives the diagonal without the cancellation of p_k - p_k^2
inline Array softmax_jacobian(const Array& z) {
    const Array p = softmax(z);
    Array jacobian = outer(-p.entries, p.entries);
    for (size_t k = 0; k < p.size(); ++k) {
        jacobian(k, k) = 0;
        jacobian(k, k) = -jacobian.row(k).sum();
    }
    return jacobian;
}

// -sum_k y_k ln p_k, where -ln p_k = (max z - z_k) + ln(1 + the other exponentials)
inline double cross_entropy(const Array& z, const Array& y) {
    check("(K),(K)", {{"z", z}, {"y", y}});
    within(0, infinity, {"y", y});
    const Vector gap = z.entries.max() - z.entries;
    Vector others = std::exp(-gap);
    others[std::min_element(std::begin(gap), std::end(gap)) - std::begin(gap)] = 0;
    const double partition = std::log1p(others.sum());
    double loss = 0;
    for (size_t k = 0; k < z.size(); ++k)
        if (y[k] > 0) loss += y[k] * (gap[k] + partition);
    return loss;
}

// sum(y) p - y
inline Array cross_entropy_gradient(const Array& z, const Array& y) {
    check("(K),(K)", {{"z", z}, {"y", y}});
    within(0, infinity, {"y", y});
    return Vector(y.entries.sum() * softmax(z).entries - y.entries);
}

// diag(p) - p p', for labels that sum to one
inline Array cross_entropy_hessian(const Array& z) { return softmax_jacobian(z); }

// -- Q3: a two-layer network at one sample --
// z1 = W1 x + b1, a = mask leaky_relu(z1), z2 = W2 a + b2, p = softmax(z2), L = -sum_k y_k ln p_k

// z where positive, else alpha z
inline Array leaky_relu(const Array& z, double alpha) {
    check("(...),()", {{"z", z}, {"alpha", alpha}});
    within(0, 1, {"alpha", alpha});
    Array result = z;
    for (double& entry : result.entries) entry = entry > 0 ? entry : alpha * entry;
    return result;
}

// 1 where z is positive, else alpha
inline Array leaky_relu_derivative(const Array& z, double alpha) {
    check("(...),()", {{"z", z}, {"alpha", alpha}});
    within(0, 1, {"alpha", alpha});
    Array result = z;
    for (double& entry : result.entries) entry = entry > 0 ? 1 : alpha;
    return result;
}

// Zeros with probability p, ones otherwise
inline Array dropout_mask(std::int64_t size, double p, std::int64_t seed) {
    check("()", {{"p", p}});
    within(0, 1, {"p", p});
    if (size < 1) throw ValueError("size must be at least 1");
    if (seed < 0 || seed > std::numeric_limits<std::uint32_t>::max()) throw ValueError("seed must be below 2^32");
    std::mt19937 generator(static_cast<std::uint32_t>(seed));
    std::uniform_real_distribution<double> uniform;
    Vector mask(size);
    for (double& entry : mask) entry = uniform(generator) < p ? 0 : 1;
    return mask;
}

struct Layers {
    Array z1, a, z2;
};

inline Layers forward(const Array& W1, const Array& b1, const Array& W2, const Array& b2, const Array& x,
                      const Array& mask, double alpha) {
    if ((mask.entries * mask.entries != mask.entries).max()) throw ValueError("mask must hold zeros and ones");
    const Array z1 = Vector(product(W1, x.entries) + b1.entries);
    const Array a = Vector(mask.entries * leaky_relu(z1, alpha).entries);
    return {z1, a, Vector(product(W2, a.entries) + b2.entries)};
}

// Labels may come in single precision, and their sum rounds with each of them.
inline void distribution(const char* name, const Array& labels) {
    within(0, 1, {name, labels});
    if (std::abs(labels.entries.sum() - 1) > labels.size() * std::numeric_limits<float>::epsilon())
        throw ValueError(text(name, " must sum to one"));
}

inline Array network_predict(const Array& W1, const Array& b1, const Array& W2, const Array& b2, const Array& x,
                             const Array& mask, double alpha) {
    check("(h,d),(h),(K,h),(K),(d),(h)", {{"W1", W1}, {"b1", b1}, {"W2", W2}, {"b2", b2}, {"x", x}, {"mask", mask}});
    return softmax(forward(W1, b1, W2, b2, x, mask, alpha).z2);
}

inline double network_loss(const Array& W1, const Array& b1, const Array& W2, const Array& b2, const Array& x,
                           const Array& y, const Array& mask, double alpha) {
    check("(h,d),(h),(K,h),(K),(d),(K),(h)",
          {{"W1", W1}, {"b1", b1}, {"W2", W2}, {"b2", b2}, {"x", x}, {"y", y}, {"mask", mask}});
    distribution("y", y);
    return cross_entropy(forward(W1, b1, W2, b2, x, mask, alpha).z2, y);
}

// dz2 = p - y, dz1 = (W2' dz2) mask leaky_relu'(z1); dW1 = dz1 x', db1 = dz1, dW2 = dz2 a', db2 = dz2
inline std::tuple<Array, Array, Array, Array> network_gradient(const Array& W1, const Array& b1, const Array& W2,
                                                               const Array& b2, const Array& x, const Array& y,
                                                               const Array& mask, double alpha) {
    check("(h,d),(h),(K,h),(K),(d),(K),(h)",
          {{"W1", W1}, {"b1", b1}, {"W2", W2}, {"b2", b2}, {"x", x}, {"y", y}, {"mask", mask}});
    distribution("y", y);
    const auto [z1, a, z2] = forward(W1, b1, W2, b2, x, mask, alpha);
    const Array dz2 = cross_entropy_gradient(z2, y);
    const Vector dz1 = product(dz2.entries, W2) * mask.entries * leaky_relu_derivative(z1, alpha).entries;
    return {outer(dz1, x.entries), dz1, outer(dz2.entries, a.entries), dz2};
}

// -- Q4: the polynomial sum c[i,j,k] u^i v^j z^k at point = (u, v, z) --

// 1, x, x^2, ..., differentiated so many times: m (m - 1) ... x^(m - times)
inline Vector monomials(double x, size_t size, size_t times) {
    Vector result(size);
    double power = 1;
    for (size_t m = times; m < size; ++m, power *= x) {
        const double factors[] = {1, double(m), double(m) * (double(m) - 1)};
        result[m] = factors[times] * power;
    }
    return result;
}

// The derivative taken i times by u, j times by v and k times by z
inline double derivative(const Array& c, const Array& point, size_t i, size_t j, size_t k) {
    const Vector u = monomials(point[0], c.shape[0], i);
    const Vector v = monomials(point[1], c.shape[1], j);
    const Vector z = monomials(point[2], c.shape[2], k);
    const Array rows({u.size() * v.size(), z.size()}, c.entries);
    return dot(u, product(Array({u.size(), v.size()}, product(rows, z)), v));
}

inline double trivariate_value(const Array& c, const Array& point) {
    check("(p,q,r),(3)", {{"c", c}, {"point", point}});
    return derivative(c, point, 0, 0, 0);
}

inline Array trivariate_gradient(const Array& c, const Array& point) {
    check("(p,q,r),(3)", {{"c", c}, {"point", point}});
    return Vector{derivative(c, point, 1, 0, 0), derivative(c, point, 0, 1, 0), derivative(c, point, 0, 0, 1)};
}

// The Jacobian of the gradient: each row differentiates by one variable, each column by another
inline Array trivariate_hessian(const Array& c, const Array& point) {
    check("(p,q,r),(3)", {{"c", c}, {"point", point}});
    Array hessian(3, 3);
    for (size_t row = 0; row < 3; ++row)
        for (size_t column = 0; column < 3; ++column) {
            std::array<size_t, 3> times{};
            ++times[row];
            ++times[column];
            hessian(row, column) = derivative(c, point, times[0], times[1], times[2]);
        }
    return hessian;
}

// -- Q5: a linear unit under Gaussian dropout, delta_k of mean 1 and variance sigma^2 --

inline double residual(const Array& w, const Array& x, double target, const Array& delta) {
    check("(n),(n),(),(n)", {{"w", w}, {"x", x}, {"target", target}, {"delta", delta}});
    return target - (delta.entries * w.entries * x.entries).sum();
}

inline Array ones(const Array& like) { return Vector(1.0, like.size()); }

// (target - sum_k delta_k w_k x_k)^2 / 2
inline double gaussian_dropout_loss(const Array& w, const Array& x, double target, const Array& delta) {
    const double r = residual(w, x, target, delta);
    return r * r / 2;
}

// -(target - sum_k delta_k w_k x_k) delta_i x_i
inline Array gaussian_dropout_gradient(const Array& w, const Array& x, double target, const Array& delta) {
    return Vector(-residual(w, x, target, delta) * delta.entries * x.entries);
}

// sigma^2 / 2 sum_k w_k^2 x_k^2
inline double gaussian_dropout_penalty(const Array& w, const Array& x, double sigma) {
    check("(n),(n),()", {{"w", w}, {"x", x}, {"sigma", sigma}});
    within(0, infinity, {"sigma", sigma});
    const Vector terms = sigma * w.entries * x.entries;
    return dot(terms, terms) / 2;
}

// (target - w.x)^2 / 2 + sigma^2 / 2 sum_k w_k^2 x_k^2
inline double gaussian_dropout_expected_loss(const Array& w, const Array& x, double target, double sigma) {
    return gaussian_dropout_loss(w, x, target, ones(x)) + gaussian_dropout_penalty(w, x, sigma);
}

// -(target - w.x) x_i + sigma^2 x_i^2 w_i
inline Array gaussian_dropout_expected_gradient(const Array& w, const Array& x, double target, double sigma) {
    check("()", {{"sigma", sigma}});
    within(0, infinity, {"sigma", sigma});
    const Vector noiseless = gaussian_dropout_gradient(w, x, target, ones(x)).entries, scaled = sigma * x.entries;
    return Vector(noiseless + scaled * scaled * w.entries);
}

// -- Q6: Newton's method --

// x_{k+1} = x_k - f(x_k) / f'(x_k), which stays at a root once it hits it
inline Array newton_root(const Function& f, const Function& fprime, double x0, std::int64_t steps) {
    check("()", {{"x0", x0}});
    if (steps < 0) throw ValueError("steps must be at least 0");
    Vector iterates(x0, steps + 1);
    double x = x0;
    for (std::int64_t k = 1; k <= steps; iterates[k++] = x) {
        const double value = f(x);
        if (value == 0) continue;
        const double slope = fprime(x);
        if (slope == 0) throw ZeroDivisionError(text("fprime is 0 at ", x));
        x -= value / slope;
    }
    return iterates;
}

// The same for a stationary point of g
inline Array newton_minimize(const Function& gprime, const Function& gsecond, double x0, std::int64_t steps) {
    return newton_root(gprime, gsecond, x0, steps);
}

}  // namespace models
