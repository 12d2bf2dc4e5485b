#include "ingest/kept_rows.hpp"

#include <cstdint>
#include <cstring>

namespace rosterd::ingest {

namespace {

void append(std::string& out, std::uint64_t number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}

std::uint64_t take_number(const std::string& from, std::size_t& at) {
  std::uint64_t number = 0;
  std::memcpy(&number, from.data() + at, sizeof number);
  at += sizeof number;
  return number;
}

}  // namespace

void KeptRows::add(const CsvRow& row) {
  if (!all_) return;
  append(bytes_, row.line);
  append(bytes_, row.fields.size());
  for (const std::string_view field : row.fields) append(bytes_, field.size());
  for (const std::string_view field : row.fields) bytes_ += field;
  if (bytes_.size() <= bytes_max_) return;
  all_ = false;
  bytes_ = std::string();
}

bool KeptRows::next(CsvRow& row) {
  if (read_ == bytes_.size()) return false;
  row.line = take_number(bytes_, read_);
  row.fields.resize(take_number(bytes_, read_));
  std::size_t field_at = read_ + row.fields.size() * sizeof(std::uint64_t);
  for (std::string_view& field : row.fields) {
    field = std::string_view(bytes_).substr(field_at, take_number(bytes_, read_));
    field_at += field.size();
  }
  read_ = field_at;
  return true;
}

}  // namespace rosterd::ingest
