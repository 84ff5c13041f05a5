// A skeleton: answers one call, softmax, over the wire; add the calls of the contract to `calls`, and see main.cpp for
// arrays as bytes and for functions. Try it: g++ -std=c++17 -O2 skeleton.cpp -o skeleton &&
// lydite grade "exec:./skeleton" --only Q7

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>  // Debian and Ubuntu: nlohmann-json3-dev
#include <stdexcept>
#include <string>
#include <vector>

using nlohmann::json;

// The entries are in one list, the last index running fastest; a number is an array without axes, of one entry.
struct Array {
    std::vector<size_t> shape;
    std::vector<double> data;
};

// -- Yours: each call takes its arguments in the order of the contract, and returns its values --

using Arrays = std::vector<Array>;

// What a call throws when it refuses an argument
struct ValueError : std::runtime_error {
    using runtime_error::runtime_error;
};

Arrays softmax(const Arrays& arguments) {
    Array p = arguments.at(0);
    if (p.shape.size() != 1 || p.data.empty()) throw ValueError("z must be a vector with an entry at least");
    for (double z : p.data)
        if (!std::isfinite(z)) throw ValueError("z must be finite");
    const double top = *std::max_element(p.data.begin(), p.data.end());
    double total = 0;
    for (double& entry : p.data) total += entry = std::exp(entry - top);
    for (double& entry : p.data) entry /= total;
    return {p};
}

const std::map<std::string, std::function<Arrays(const Arrays&)>> calls = {{"softmax", softmax}};

// -- Values: JSON has neither NaN nor infinities --

double number(const json& value) {
    if (value == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (value == "inf") return std::numeric_limits<double>::infinity();
    if (value == "-inf") return -std::numeric_limits<double>::infinity();
    return value.is_boolean() ? value.get<bool>() : value.get<double>();
}

json spelled(double x) {
    if (std::isnan(x)) return "nan";
    if (std::isinf(x)) return x > 0 ? "inf" : "-inf";
    return x;
}

Array decode(const json& argument) {
    if (!argument.is_object()) return {{}, {number(argument)}};
    Array array{argument.at("shape"), {}};
    for (const json& entry : argument.at("data")) array.data.push_back(number(entry));
    return array;
}

json encode(const Array& array) {
    json data = json::array();
    for (double entry : array.data) data.push_back(spelled(entry));
    return {{"shape", array.shape}, {"dtype", "float64"}, {"data", data}};
}

json answer(const json& asked) {
    try {
        Arrays arguments;
        for (const json& argument : asked.at("args")) arguments.push_back(decode(argument));
        json values = json::array();
        for (const Array& value : calls.at(asked.at("call"))(arguments)) values.push_back(encode(value));
        return values.size() == 1 ? json{{"value", values[0]}} : json{{"values", values}};
    } catch (const ValueError& error) {
        return {{"error", {{"name", "ValueError"}, {"text", error.what()}}}};
    } catch (const std::exception& error) {
        return {{"error", {{"name", "RuntimeError"}, {"text", error.what()}}}};
    }
}

// -- Messages: a line of JSON each, requests from descriptor 3, replies to descriptor 4 --

std::FILE* const requests = fdopen(3, "rb");
std::FILE* const replies = fdopen(4, "wb");

bool receive(std::string& line) {
    line.clear();
    for (int c; (c = std::getc(requests)) != '\n'; line.push_back(static_cast<char>(c)))
        if (c == EOF) return false;  // the grader is gone
    return true;
}

void send(const json& message) {
    std::fprintf(replies, "%s\n", message.dump().c_str());
    std::fflush(replies);
}

int main() {
    json hello = {{"protocol", 1},     {"name", "skeleton"},      {"version", "0.1"},
                  {"language", "C++"}, {"calls", json::array()}, {"arrays", {"numbers"}}};
    for (const auto& call : calls) hello["calls"].push_back(call.first);
    for (std::string line; receive(line);) {
        const json request = json::parse(line);
        if (request.at("ask") == "hello") {
            send({{"id", request.at("id")}, {"hello", hello}});
            continue;
        }
        for (const json& asked : request.at("batch"))
            send({{"id", request.at("id")}, {"answers", json::array({answer(asked)})}});
    }
}
