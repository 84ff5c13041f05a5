// Answers the calls of models.hpp over the wire: requests come on descriptor 3, replies go to descriptor 4.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

#include "models.hpp"

using nlohmann::json;
using models::Array;
using models::ValueError;

// -- Messages: a line of JSON, and the bytes that it announces --

struct Message {
    json body;
    std::string bytes;
};

std::FILE* const requests = fdopen(3, "rb");
std::FILE* const replies = fdopen(4, "wb");

// The next message; the program ends with the requests.
Message receive() {
    std::string line;
    for (int c; (c = std::getc(requests)) != '\n'; line.push_back(static_cast<char>(c)))
        if (c == EOF) std::exit(EXIT_SUCCESS);
    Message message{json::parse(line), ""};
    message.bytes.resize(message.body.value("bytes", size_t(0)));
    if (std::fread(message.bytes.data(), 1, message.bytes.size(), requests) < message.bytes.size())
        std::exit(EXIT_FAILURE);
    return message;
}

void send(json body, const std::string& bytes = "") {
    if (!bytes.empty()) body["bytes"] = bytes.size();
    const std::string line = body.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
    std::fwrite(line.data(), 1, line.size(), replies);
    std::fwrite(bytes.data(), 1, bytes.size(), replies);
    if (std::fflush(replies) != 0) std::exit(EXIT_FAILURE);  // nobody is listening
}

// -- Values: JSON has neither NaN nor infinities --

double number(const json& value) {
    if (value == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (value == "inf") return models::infinity;
    if (value == "-inf") return -models::infinity;
    return value.is_boolean() ? value.get<bool>() : value.get<double>();
}

json spelled(double x) {
    if (std::isnan(x)) return "nan";
    if (std::isinf(x)) return x > 0 ? "inf" : "-inf";
    return x;
}

template <class Entry>
void unpack(const char* from, models::Vector& entries) {
    for (double& entry : entries) {
        Entry packed;
        std::memcpy(&packed, from, sizeof packed);  // on a little-endian machine
        entry = static_cast<double>(packed);
        from += sizeof packed;
    }
}

using Unpack = void (*)(const char*, models::Vector&);
const std::map<std::string, Unpack> types = {
    {"bool", unpack<std::uint8_t>},    {"int8", unpack<std::int8_t>},     {"int16", unpack<std::int16_t>},
    {"int32", unpack<std::int32_t>},   {"int64", unpack<std::int64_t>},   {"uint8", unpack<std::uint8_t>},
    {"uint16", unpack<std::uint16_t>}, {"uint32", unpack<std::uint32_t>}, {"uint64", unpack<std::uint64_t>},
    {"float32", unpack<float>},        {"float64", unpack<double>},
};

// -- Arguments: what has arrived under a name becomes what the call takes --

struct Given {
    const char* name;
    const json& value;
    const Message& request;

    operator Array() const {
        if (!value.is_object()) return Array({}, models::Vector(number(value), 1));
        std::vector<size_t> shape = value.at("shape");
        models::Vector entries(std::accumulate(shape.begin(), shape.end(), size_t(1), std::multiplies<>()));
        if (value.contains("at"))
            types.at(value.at("dtype"))(request.bytes.data() + value.at("at").get<size_t>(), entries);
        else
            std::transform(value.at("data").begin(), value.at("data").end(), std::begin(entries), number);
        return Array(std::move(shape), std::move(entries));
    }

    operator double() const {
        const Array one = *this;
        if (!one.shape.empty()) throw ValueError(std::string(name) + " must be a number");
        return one[0];
    }

    operator std::int64_t() const {
        const double whole = *this;
        if (whole != std::floor(whole) || std::abs(whole) > 0x1p53)
            throw ValueError(std::string(name) + " must be a whole number");
        return static_cast<std::int64_t>(whole);
    }

    // A function asks the grader.
    operator models::Function() const {
        return [id = request.body.at("id"), index = value.at("function")](double x) {
            send({{"id", id}, {"evaluate", index}, {"at", spelled(x)}});
            return number(receive().body.at("value"));
        };
    }
};

// -- Answers: arrays in the form that the batch names --

struct Answer {
    bool binary;
    std::string bytes;

    json encode(double x) { return spelled(x); }

    json encode(const Array& array) {
        json encoded = {{"shape", array.shape}, {"dtype", "float64"}};
        if (binary) {
            encoded["at"] = bytes.size();
            bytes.append(reinterpret_cast<const char*>(std::begin(array.entries)), array.size() * sizeof(double));
        } else {
            encoded["data"] = json::array();
            for (double entry : array.entries) encoded["data"].push_back(spelled(entry));
        }
        return encoded;
    }

    template <class Result>
    json operator()(const Result& result) {
        return {{"value", encode(result)}};
    }

    template <class... Results>
    json operator()(const std::tuple<Results...>& results) {
        json values = json::array();
        std::apply([&](const auto&... each) { (values.push_back(encode(each)), ...); }, results);
        return {{"values", values}};
    }
};

// -- Calls --

using Call = std::function<json(const json&, const Message&, Answer&)>;

template <class Result, class... Arguments, size_t... I>
Call offered(Result (*call)(Arguments...), std::array<const char*, sizeof...(I)> names, std::index_sequence<I...>) {
    return [=](const json& arguments, const Message& request, Answer& answer) {
        return answer(call(Given{names[I], arguments.at(I), request}...));
    };
}

template <class Result, class... Arguments>
Call offered(Result (*call)(Arguments...), std::array<const char*, sizeof...(Arguments)> names) {
    return offered(call, names, std::index_sequence_for<Arguments...>());
}

#define CALL(name, ...) {#name, offered(models::name, {__VA_ARGS__})}

const std::map<std::string, Call> calls = {
    CALL(logistic_predict, "w", "b", "X"),
    CALL(logistic_loss, "w", "b", "X", "y"),
    CALL(logistic_gradient, "w", "b", "X", "y"),
    CALL(logistic_hessian, "w", "b", "X"),
    CALL(logistic_step, "w", "b", "X", "y", "learning_rate"),
    CALL(batch_norm, "x", "gamma", "beta", "eps"),
    CALL(batch_norm_backward, "dy", "x", "gamma", "eps"),
    CALL(centered_batch_norm, "x", "gamma", "beta"),
    CALL(centered_batch_norm_backward, "dy", "gamma"),
    CALL(leaky_relu, "z", "alpha"),
    CALL(leaky_relu_derivative, "z", "alpha"),
    CALL(dropout_mask, "size", "p", "seed"),
    CALL(softmax, "z"),
    CALL(softmax_jacobian, "z"),
    CALL(network_predict, "W1", "b1", "W2", "b2", "x", "mask", "alpha"),
    CALL(network_loss, "W1", "b1", "W2", "b2", "x", "y", "mask", "alpha"),
    CALL(network_gradient, "W1", "b1", "W2", "b2", "x", "y", "mask", "alpha"),
    CALL(trivariate_value, "c", "point"),
    CALL(trivariate_gradient, "c", "point"),
    CALL(trivariate_hessian, "c", "point"),
    CALL(gaussian_dropout_loss, "w", "x", "target", "delta"),
    CALL(gaussian_dropout_gradient, "w", "x", "target", "delta"),
    CALL(gaussian_dropout_expected_loss, "w", "x", "target", "sigma"),
    CALL(gaussian_dropout_expected_gradient, "w", "x", "target", "sigma"),
    CALL(gaussian_dropout_penalty, "w", "x", "sigma"),
    CALL(newton_root, "f", "fprime", "x0", "steps"),
    CALL(newton_minimize, "gprime", "gsecond", "x0", "steps"),
    CALL(cross_entropy, "z", "y"),
    CALL(cross_entropy_gradient, "z", "y"),
    CALL(cross_entropy_hessian, "z"),
};

json error(const char* name, const std::exception& raised) {
    return {{"error", {{"name", name}, {"text", raised.what()}}}};
}

json answered(const json& asked, const Message& request, Answer& answer) {
    try {
        return calls.at(asked.at("call"))(asked.at("args"), request, answer);
    } catch (const ValueError& raised) {
        return error("ValueError", raised);
    } catch (const models::ZeroDivisionError& raised) {
        return error("ZeroDivisionError", raised);
    } catch (const std::exception& raised) {
        return error("RuntimeError", raised);
    }
}

json hello() {
    json names = json::array();
    for (const auto& call : calls) names.push_back(call.first);
    return {{"protocol", 1},   {"name", "Lydite's models in C++"}, {"version", "1.0"},
            {"language", "C++"}, {"calls", names},                 {"arrays", {"numbers", "binary"}}};
}

int main() {
    for (;;) {
        const Message request = receive();
        const json& id = request.body.at("id");
        if (request.body.at("ask") == "hello") {
            send({{"id", id}, {"hello", hello()}});
            continue;
        }
        // Each answer goes out as soon as it is there: none waits for a slow one, or is lost with it.
        for (const json& asked : request.body.at("batch")) {
            Answer answer{request.body.at("arrays") == "binary", ""};
            const json one = answered(asked, request, answer);
            send({{"id", id}, {"answers", json::array({one})}}, answer.bytes);
        }
    }
}
