// Code tables first: kinds hold them by pointer, and are alike only if they hold the same.
#include "store/kind_pool.hpp"

#include <utility>

namespace causeway {

namespace {

template <class T>
std::shared_ptr<const T> first_like(std::multimap<std::string, std::shared_ptr<const T>> &known,
                                    const std::shared_ptr<const T> &one) {
  const auto [from, to] = known.equal_range(one->name);
  for (auto other = from; other != to; ++other)
    if (*other->second == *one) return other->second;
  return known.emplace(one->name, one)->second;
}

}  // namespace

kind_ptr kind_pool::one_for(const kind_ptr &kind) {
  record_kind with_known_codes = *kind;
  bool other = false;
  for (field &f : with_known_codes.fields) {
    if (!f.codes) continue;
    auto known = one_for(f.codes);
    other = other || known != f.codes;
    f.codes = std::move(known);
  }
  return first_like(kinds_, other ? std::make_shared<const record_kind>(std::move(with_known_codes)) : kind);
}

std::shared_ptr<const code_table> kind_pool::one_for(const std::shared_ptr<const code_table> &codes) {
  return first_like(codes_, codes);
}

}  // namespace causeway
