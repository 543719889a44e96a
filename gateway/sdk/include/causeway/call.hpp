// What a handler sees of one request: who calls, what was asked, the record stores, the clock.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "causeway/abi.h"
#include "causeway/record.hpp"
#include "causeway/reply.hpp"
#include "causeway/result.hpp"
#include "causeway/task.hpp"

namespace causeway::sdk {

namespace detail {

// What the calls of one plugin instance share.
struct plugin_context {
  const cw_host *host = nullptr;
  const cw_plugin *plugin = nullptr;

  // Index of a declared record kind; UINT32_MAX (which the gateway refuses) for one that was not declared.
  std::uint32_t kind_index(std::string_view name) const {
    for (std::uint32_t i = 0; i < plugin->kinds.count; ++i)
      if (view(static_cast<const cw_kind *>(plugin->kinds.data)[i].name) == name) return i;
    return UINT32_MAX;
  }
};

inline fault fault_of(const cw_outcome &outcome) {
  fault why;
  why.what = static_cast<causeway::outcome>(outcome.status);
  why.detail = view(outcome.detail);
  const auto *at = static_cast<const char *>(outcome.faults.data);
  for (std::size_t i = 0; i < outcome.faults.count; ++i, at += outcome.faults.stride) {
    const auto *one = reinterpret_cast<const cw_fault *>(at);
    why.inputs.push_back(
        {std::string(view(one->pointer)), std::string(view(one->code)), std::string(view(one->detail))});
  }
  return why;
}

template <class T, class Complete, class Convert>
struct pending {
  Complete complete;
  Convert convert;
  static void done(void *state, const cw_outcome *outcome, const cw_row *rows, std::size_t count) {
    std::unique_ptr<pending> self(static_cast<pending *>(state));
    if (outcome->status == CW_OK)
      self->complete(result<T>(self->convert(rows, count)));
    else
      self->complete(result<T>(fault_of(*outcome)));
  }
};

// Awaits a host function that takes (cw_done, void *state) last.
template <class T, class Begin, class Convert>
auto await_host(Begin begin, Convert convert) {
  return await_callback<result<T>>([begin = std::move(begin), convert = std::move(convert)](auto complete) mutable {
    using state = pending<T, decltype(complete), Convert>;
    auto waiting = std::make_unique<state>(state{std::move(complete), std::move(convert)});
    begin(&state::done, waiting.release());
  });
}

// A reply as the border carries it; valid for as long as `from` is.
struct border_answer {
  explicit border_answer(const reply &from) {
    for (const auto &input : from.inputs) faults.push_back({text(input.pointer), text(input.code), text(input.detail)});
    answer.size = sizeof answer;
    answer.status = static_cast<std::uint32_t>(from.status);
    answer.body = text(from.body);
    answer.etag = text(from.etag);
    answer.location = text(from.location);
    answer.code = text(from.code);
    answer.detail = text(from.detail);
    answer.faults = {faults.data(), faults.size(), sizeof(cw_fault)};
  }
  explicit border_answer(reply &&) = delete;  // it would be gone before this is
  border_answer(const border_answer &) = delete;
  border_answer &operator=(const border_answer &) = delete;
  std::vector<cw_fault> faults;
  cw_answer answer{};
};

template <class Record>
result<Record> first_row(result<std::vector<Record>> rows) {
  if (!rows) return rows.why();
  return std::move(rows->front());
}

}  // namespace detail

// A handle, cheap to copy; valid until the handler returns its reply, and so is every view it gives.
class call {
 public:
  call(const detail::plugin_context *context, cw_call id, const cw_request *request)
      : context_(context), id_(id), request_(request) {}

  // The officer id that records carry.
  std::string_view principal() const { return detail::view(request_->principal); }
  std::string_view request_id() const { return detail::view(request_->request_id); }
  bool has_role(std::string_view role) const {
    std::string_view rest = detail::view(request_->roles);
    while (!rest.empty()) {
      const auto end = rest.find(' ');
      if (rest.substr(0, end) == role) return true;
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return false;
  }
  // The ETag that the caller has seen, without quotes; empty: not given; "*": any.
  std::string_view if_match() const { return detail::view(request_->if_match); }
  // Of a list: empty from the start, else what an earlier answer's `next` said.
  std::string_view cursor() const { return detail::view(request_->cursor); }
  std::int64_t limit() const { return request_->limit; }

  // A segment of the path, by its name in the template.
  std::string_view path(std::string_view name) const {
    const auto *found = find_member(declared().path_members, request_->path, name);
    return found ? detail::view(found->as.text) : std::string_view();
  }
  // A query parameter, when it was given.
  std::optional<std::string_view> query(std::string_view name) const {
    const auto *found = find_member(declared().query_members, request_->query, name);
    if (!found || found->type != CW_TEXT) return std::nullopt;
    return detail::view(found->as.text);
  }

  // Milliseconds since 1970, UTC.
  std::int64_t now() const { return context_->host->now(context_->host->context); }

  // For the operator; no personal data.
  void log(cw_log_level level, std::string_view message) const {
    context_->host->log(context_->host->context, level, detail::text(message));
  }

  // A new key for a kind that generates its own; throws std::logic_error for any other.
  template <typed_record Record>
  std::string new_key() const {
    char buffer[64];
    const auto size = context_->host->new_key(context_->host->context, context_->kind_index(detail::kind_of<Record>()),
                                              buffer, sizeof buffer);
    if (size == 0) throw std::logic_error(std::string(detail::kind_of<Record>()) + " generates no keys");
    return std::string(buffer, size);
  }

  // One record, by the values of its kind's key; outcome::not_found where there is none.
  template <typed_record Record, class... Key>
  auto get(Key... key) const {
    std::vector<value> values;
    (values.push_back(value(std::move(key))), ...);
    auto begin = [c = *this, values = std::move(values)](cw_done done, void *state) {
      const auto borrowed = detail::border_values(values);
      const auto *host = c.context_->host;
      host->get(host->context, c.id_, c.context_->kind_index(detail::kind_of<Record>()), borrowed.data(),
                borrowed.size(), done, state);
    };
    return detail::await_host<Record>(
        std::move(begin), [](const cw_row *rows, std::size_t) { return detail::decode_row<Record>(rows[0]); });
  }

  template <typed_record Record>
  auto find(sdk::query<Record> what) const {
    auto begin = [c = *this, what = std::move(what)](cw_done done, void *state) {
      std::vector<cw_condition> conditions;
      for (const auto &condition : what.conditions()) {
        const auto equals = detail::border_value(condition.equals);
        conditions.push_back({condition.field, equals.type == CW_NULL ? CW_IS_NULL : CW_EQUAL, equals});
      }
      const auto after = detail::border_values(what.after());
      cw_query query{};
      query.size = sizeof query;
      query.kind = c.context_->kind_index(detail::kind_of<Record>());
      query.conditions = {conditions.data(), conditions.size(), sizeof(cw_condition)};
      query.order = what.order().data();
      query.order_count = what.order().size();
      query.descending = what.is_descending() ? 1 : 0;
      query.limit = what.limit();
      query.after = after.empty() ? nullptr : after.data();
      const auto *host = c.context_->host;
      host->find(host->context, c.id_, &query, done, state);
    };
    return detail::await_host<std::vector<Record>>(std::move(begin), [](const cw_row *rows, std::size_t count) {
      std::vector<Record> records(count);
      for (std::size_t i = 0; i < count; ++i) detail::decode_row(rows[i], records[i]);
      return records;
    });
  }

 private:
  // Before its callers: its type is deduced.
  auto begin_commit(unit work, std::optional<reply> with) const {
    auto begin = [c = *this, work = std::move(work), with = std::move(with)](cw_done done, void *state) {
      std::vector<std::vector<cw_value>> borrowed;
      std::vector<cw_change> changes;
      borrowed.reserve(work.changes().size());
      for (const auto &change : work.changes()) {
        borrowed.push_back(detail::border_values(change.values));
        changes.push_back({sizeof(cw_change), change.type, c.context_->kind_index(change.kind), 0,
                           borrowed.back().data(), change.version});
      }
      std::optional<detail::border_answer> answer;
      if (with) answer.emplace(*with);
      const cw_unit whole{
          sizeof(cw_unit), 0, {changes.data(), changes.size(), sizeof(cw_change)}, answer ? &answer->answer : nullptr};
      const auto *host = c.context_->host;
      host->commit(host->context, c.id_, &whole, done, state);
    };
    return detail::await_host<done>(std::move(begin), [](const cw_row *, std::size_t) { return done{}; });
  }

 public:
  // Commits a unit of work, all of one store. `with` is what the handler will return if it succeeds: it is kept with
  // the caller's Idempotency-Key in the same transaction, so that a retry is answered the same and nothing happens
  // twice. With one that cannot be sent nothing happens at all.
  auto commit(unit work, const reply &with) const { return begin_commit(std::move(work), with); }
  // A commit that is not the call's last word; a retry of the request may do it again.
  auto commit(unit work) const { return begin_commit(std::move(work), std::nullopt); }

  // The record as the other kind's record, through the mapping declared between the two. Fields it does not carry are
  // empty. Invalid with the faults, named by the fields of `From`, for what cannot be carried.
  template <typed_record To, typed_record From>
  result<To> map(From from) const {
    const auto values = detail::encode_record(std::move(from));
    const auto borrowed = detail::border_values(values);
    std::optional<result<To>> mapped;
    auto keep = [](void *state, const cw_outcome *outcome, const cw_row *rows, std::size_t) {
      auto &to = *static_cast<std::optional<result<To>> *>(state);
      if (outcome->status == CW_OK)
        to.emplace(detail::decode_row<To>(rows[0]));
      else
        to.emplace(detail::fault_of(*outcome));
    };
    const auto *host = context_->host;
    host->map(host->context, context_->kind_index(detail::kind_of<From>()), context_->kind_index(detail::kind_of<To>()),
              borrowed.data(), keep, &mapped);
    return std::move(*mapped);
  }

  // The plugin glue's.
  cw_call id() const { return id_; }
  const cw_value *body() const { return request_->body; }

 private:
  const cw_operation &declared() const {
    return static_cast<const cw_operation *>(context_->plugin->operations.data)[request_->operation];
  }
  static const cw_value *find_member(const cw_array &members, const cw_value *values, std::string_view name) {
    for (std::size_t i = 0; i < members.count; ++i)
      if (detail::view(static_cast<const cw_member *>(members.data)[i].name) == name) return &values[i];
    return nullptr;
  }

  const detail::plugin_context *context_;
  cw_call id_;
  const cw_request *request_;
};

}  // namespace causeway::sdk
