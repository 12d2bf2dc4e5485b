#include "rosterd/adapters/openssl/crypto.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

namespace rosterd::openssl {

namespace {

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4U];
    text += digits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

class OpensslCrypto : public testing::Test {
 protected:
  std::string hmac(HmacAlgorithm algorithm, std::string_view key, std::string_view message) const {
    const std::array<std::string_view, 1> parts{message};
    return hex(crypto->hmac(algorithm, key, parts));
  }

  const std::unique_ptr<Crypto> crypto = make_crypto();
};

TEST_F(OpensslCrypto, HashesAsFips180Says) {
  EXPECT_EQ(
      to_hex(crypto->sha256("abc")),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
  );
  EXPECT_EQ(
      to_hex(crypto->sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  );
  EXPECT_EQ(
      to_hex(crypto->sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
  );
}

TEST_F(OpensslCrypto, HashesAFileInPieces) {
  const auto hasher = crypto->hasher();

  for (int i = 0; i < 1'000; ++i) hasher->update(std::string(1'000, 'a'));

  EXPECT_EQ(
      to_hex(hasher->finish()), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
  );
}

TEST_F(OpensslCrypto, HasherIsAsNewAfterItsEnd) {
  const auto hasher = crypto->hasher();
  hasher->update("something else");
  hasher->finish();

  hasher->update("abc");

  EXPECT_EQ(hasher->finish(), crypto->sha256("abc"));
}

struct Rfc4231 {
  const char* name;
  std::string key;
  std::string data;
  const char* sha256;
  const char* sha512;
};

void PrintTo(const Rfc4231& row, std::ostream* out) {
  *out << row.name;
}

class HmacVector : public OpensslCrypto, public testing::WithParamInterface<Rfc4231> {};

TEST_P(HmacVector, IsWhatRfc4231Says) {
  EXPECT_EQ(hmac(HmacAlgorithm::sha256, GetParam().key, GetParam().data), GetParam().sha256);
  EXPECT_EQ(hmac(HmacAlgorithm::sha512, GetParam().key, GetParam().data), GetParam().sha512);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    HmacVector,
    testing::Values(
        Rfc4231{
            "case_1",
            std::string(20, '\x0b'),
            "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
            "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
        Rfc4231{
            "case_2",
            "Jefe",
            "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
        Rfc4231{
            "case_3",
            std::string(20, '\xaa'),
            std::string(50, '\xdd'),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
            "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"},
        Rfc4231{
            "case_6",
            std::string(131, '\xaa'),
            "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
            "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"}
    ),
    [](const auto& row) { return row.param.name; }
);

TEST_F(OpensslCrypto, SignsPartsAsTheirConcatenation) {
  const std::array<std::string_view, 4> parts{"what do ya", " want", "", " for nothing?"};

  EXPECT_EQ(
      hex(crypto->hmac(HmacAlgorithm::sha256, "Jefe", parts)),
      hmac(HmacAlgorithm::sha256, "Jefe", "what do ya want for nothing?")
  );
}

TEST_F(OpensslCrypto, DoesNotTakeAnEmptyKeyForTheOneBefore) {
  hmac(HmacAlgorithm::sha256, "Jefe", "one");

  EXPECT_EQ(
      hmac(HmacAlgorithm::sha256, {}, ""),
      "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
  );
}

TEST_F(OpensslCrypto, SignsOnManyThreadsAtOnce) {
  const std::string expected = hmac(HmacAlgorithm::sha256, "key", "message");
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;

  for (int& count : wrong) {
    threads.emplace_back([this, &count, &expected] {
      for (int i = 0; i < 500; ++i)
        count += hmac(HmacAlgorithm::sha256, "key", "message") != expected;
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST_F(OpensslCrypto, ComparesWholeTexts) {
  EXPECT_TRUE(crypto->equal_constant_time("secret", "secret"));
  EXPECT_TRUE(crypto->equal_constant_time("", ""));
  EXPECT_FALSE(crypto->equal_constant_time("secret", "secreT"));
  EXPECT_FALSE(crypto->equal_constant_time("secret", "secre"));
}

}  // namespace

}  // namespace rosterd::openssl
