#include "rosterd/ingest/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace rosterd::ingest {

namespace {

constexpr std::size_t chunk_bytes = 64 << 10;

std::size_t append_utf8(char* out, std::uint32_t c) {
  const auto put = [&](std::size_t i, std::uint32_t byte) { out[i] = static_cast<char>(byte); };
  if (c < 0x80) {
    put(0, c);
    return 1;
  }
  if (c < 0x800) {
    put(0, 0xC0 | c >> 6U);
    put(1, 0x80 | (c & 0x3FU));
    return 2;
  }
  if (c < 0x10000) {
    put(0, 0xE0 | c >> 12U);
    put(1, 0x80 | (c >> 6U & 0x3FU));
    put(2, 0x80 | (c & 0x3FU));
    return 3;
  }
  put(0, 0xF0 | c >> 18U);
  put(1, 0x80 | (c >> 12U & 0x3FU));
  put(2, 0x80 | (c >> 6U & 0x3FU));
  put(3, 0x80 | (c & 0x3FU));
  return 4;
}

/// The characters of 0x80 to 0x9F in windows-1252; 0: undefined.
constexpr std::array<std::uint16_t, 32> windows_1252_high = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

/// Bytes of one encoding that become UTF-8; a unit is what the encoding cannot be cut inside of.
class Transcoder {
 public:
  virtual ~Transcoder() = default;
  /// Appends characters of `bytes` to `out`, and says how many bytes they were; the rest is too
  /// short for a character.
  virtual Result<std::size_t, SourceError> convert(
      std::string_view bytes, std::uint64_t offset, std::string& out
  ) = 0;
};

class FromWindows1252 final : public Transcoder {
 public:
  Result<std::size_t, SourceError> convert(
      std::string_view bytes, std::uint64_t offset, std::string& out
  ) override {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const auto byte = static_cast<unsigned char>(bytes[i]);
      std::uint32_t c = byte;
      if (byte >= 0x80 && byte < 0xA0) {
        c = windows_1252_high[byte - 0x80U];
        if (c == 0) return SourceError(offset + i, "is a byte that windows-1252 does not define");
      }
      std::array<char, 4> utf8;
      out.append(utf8.data(), append_utf8(utf8.data(), c));
    }
    return bytes.size();
  }
};

class FromUtf16 final : public Transcoder {
 public:
  explicit FromUtf16(bool big_endian) : big_endian_(big_endian) {}

  Result<std::size_t, SourceError> convert(
      std::string_view bytes, std::uint64_t offset, std::string& out
  ) override {
    std::size_t at = 0;
    while (at + 2 <= bytes.size()) {
      std::uint32_t c = unit(bytes, at);
      std::size_t used = 2;
      if (c >= 0xD800 && c < 0xDC00) {
        if (at + 4 > bytes.size()) break;
        const std::uint32_t low = unit(bytes, at + 2);
        if (low < 0xDC00 || low > 0xDFFF) return lone_surrogate(offset + at);
        c = 0x10000 + ((c - 0xD800) << 10U) + (low - 0xDC00);
        used = 4;
      } else if (c >= 0xDC00 && c < 0xE000) {
        return lone_surrogate(offset + at);
      }
      std::array<char, 4> utf8;
      out.append(utf8.data(), append_utf8(utf8.data(), c));
      at += used;
    }
    return at;
  }

 private:
  std::uint32_t unit(std::string_view bytes, std::size_t at) const {
    const auto first = static_cast<unsigned char>(bytes[at]);
    const auto second = static_cast<unsigned char>(bytes[at + 1]);
    return big_endian_ ? first * 256U + second : second * 256U + first;
  }
  static SourceError lone_surrogate(std::uint64_t offset) {
    return SourceError(offset, "is half of a UTF-16 surrogate pair");
  }

  bool big_endian_;
};

class DecodedSource final : public ByteSource {
 public:
  DecodedSource(ByteSource& raw, Encoding encoding) : raw_(raw), encoding_(encoding) {}

  Result<std::size_t, SourceError> read(std::span<char> into) override {
    if (!begun_) {
      const auto begin = read_mark();
      if (!begin) return begin.error();
    }
    return transcoder_ ? read_transcoded(into) : read_utf8(into);
  }

 private:
  Result<void, SourceError> read_mark() {
    begun_ = true;
    std::array<char, 4> first;
    std::size_t filled = 0;
    while (filled < first.size()) {
      const auto taken = raw_.read(std::span(first).subspan(filled));
      if (!taken) return taken.error();
      if (*taken == 0) break;
      filled += *taken;
    }
    const std::string_view begin(first.data(), filled);
    const bool utf32 = begin == std::string_view("\xFF\xFE\0\0", 4) ||
                       begin == std::string_view("\0\0\xFE\xFF", 4);
    if (utf32) return SourceError(0, "is the mark of UTF-32, which is not read");
    std::size_t mark = 0;
    if (begin.starts_with("\xEF\xBB\xBF")) {
      mark = 3;
    } else if (begin.starts_with("\xFF\xFE") || begin.starts_with("\xFE\xFF")) {
      mark = 2;
      transcoder_ = std::make_unique<FromUtf16>(begin.starts_with("\xFE\xFF"));
    } else if (encoding_ == Encoding::windows_1252) {
      transcoder_ = std::make_unique<FromWindows1252>();
    }
    ahead_.assign(begin.substr(mark));
    offset_ = mark;
    return {};
  }

  Result<std::size_t, SourceError> read_utf8(std::span<char> into) {
    std::size_t taken = 0;
    if (!ahead_.empty()) {
      taken = std::min(into.size(), ahead_.size());
      std::memcpy(into.data(), ahead_.data(), taken);
      ahead_.erase(0, taken);
    } else {
      const auto read = raw_.read(into);
      if (!read) return read.error();
      taken = *read;
    }
    const auto good = taken == 0 ? utf8_.finish() : utf8_.take({into.data(), taken});
    if (!good) return SourceError(offset_ + good.error().offset, good.error().reason);
    return taken;
  }

  Result<std::size_t, SourceError> read_transcoded(std::span<char> into) {
    while (given_ == converted_.size()) {
      const auto more = convert_chunk();
      if (!more) return more.error();
      if (!*more) return std::size_t{0};
    }
    const std::size_t taken = std::min(into.size(), converted_.size() - given_);
    std::memcpy(into.data(), converted_.data() + given_, taken);
    given_ += taken;
    return taken;
  }

  /// False at the end. `ahead_` holds the bytes of a character that is not complete yet.
  Result<bool, SourceError> convert_chunk() {
    const std::size_t kept = ahead_.size();
    ahead_.resize(kept + chunk_bytes);
    const auto read = raw_.read(std::span(ahead_).subspan(kept));
    if (!read) return read.error();
    ahead_.resize(kept + *read);
    converted_.clear();
    given_ = 0;
    if (*read == 0 && kept == 0) return false;
    const auto used = transcoder_->convert(ahead_, offset_, converted_);
    if (!used) return used.error();
    if (*read == 0 && *used < ahead_.size()) {
      return SourceError(offset_ + *used, "is a character cut off at the end of the file");
    }
    ahead_.erase(0, *used);
    offset_ += *used;
    return true;
  }

  ByteSource& raw_;
  Encoding encoding_;
  bool begun_ = false;
  std::unique_ptr<Transcoder> transcoder_;  ///< none: UTF-8 already
  std::string ahead_;                       ///< read from `raw_`, not converted yet
  std::uint64_t offset_ = 0;  ///< of `ahead_` in `raw_`; for UTF-8 of what follows the mark
  Utf8Check utf8_;
  std::string converted_;
  std::size_t given_ = 0;
};

/// How many bytes at the front are ASCII, eight at a time.
std::size_t ascii_prefix(std::string_view text) {
  constexpr std::uint64_t high_bits = 0x8080808080808080ULL;
  std::size_t at = 0;
  for (; at + 32 <= text.size(); at += 32) {
    std::array<std::uint64_t, 4> words;
    std::memcpy(words.data(), text.data() + at, sizeof words);
    if (((words[0] | words[1] | words[2] | words[3]) & high_bits) != 0) break;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

}  // namespace

std::unique_ptr<ByteSource> decoded(ByteSource& raw, Encoding encoding) {
  return std::make_unique<DecodedSource>(raw, encoding);
}

Result<void, SourceError> Utf8Check::take(std::string_view piece) {
  for (std::size_t at = 0; at < piece.size();) {
    if (missing_ == 0) {
      const std::size_t ascii = ascii_prefix(piece.substr(at));
      at += ascii;
      offset_ += ascii;
      if (at == piece.size()) break;
      character_ = offset_;
    }
    if (!take_byte(static_cast<unsigned char>(piece[at]))) {
      return SourceError(character_, "is not UTF-8");
    }
    ++at;
    ++offset_;
  }
  return {};
}

Result<void, SourceError> Utf8Check::finish() const {
  if (missing_ > 0) return SourceError(character_, "is a character cut off at the end of the file");
  return {};
}

/// RFC 3629, section 4.
bool Utf8Check::take_byte(unsigned char byte) {
  if (missing_ > 0) {
    if (byte < low_ || byte > high_) return false;
    low_ = 0x80;
    high_ = 0xBF;
    --missing_;
    return true;
  }
  if (byte < 0xC2 || byte > 0xF4) return byte < 0x80;
  missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
  if (byte == 0xE0) low_ = 0xA0;
  if (byte == 0xED) high_ = 0x9F;
  if (byte == 0xF0) low_ = 0x90;
  if (byte == 0xF4) high_ = 0x8F;
  return true;
}

}  // namespace rosterd::ingest
