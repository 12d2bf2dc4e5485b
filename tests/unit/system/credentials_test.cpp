#include "rosterd/adapters/system/credentials.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <string>

namespace rosterd::test {

namespace {

class Credentials : public ::testing::Test {
 protected:
  Credentials() {
    std::string pattern = (std::filesystem::temp_directory_path() / "rosterd-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    setenv("CREDENTIALS_DIRECTORY", folder.c_str(), 1);
  }
  ~Credentials() override {
    unsetenv("CREDENTIALS_DIRECTORY");
    std::filesystem::remove_all(folder);
  }
  void file(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder / name, std::ios::binary) << bytes;
  }
  static std::string said(const Result<Secret, CredentialError>& result) {
    return result.has_value() ? "the secret " + result->reveal() : result.error().text;
  }

  std::filesystem::path folder;
  const system::SystemCredentials credentials;
};

}  // namespace

TEST_F(Credentials, LoseOneLineBreakAndNothingElse) {
  file("unix", "key\n");
  file("windows", "key\r\n");
  file("spaces", " key \n\n");

  EXPECT_EQ(said(credentials.credential("unix")), "the secret key");
  EXPECT_EQ(said(credentials.file(folder / "windows")), "the secret key");
  EXPECT_EQ(said(credentials.credential("spaces")), "the secret  key \n");
}

TEST_F(Credentials, AreNotFoundOutsideTheirFolder) {
  EXPECT_EQ(
      said(credentials.credential("../etc/passwd")),
      "a credential's name is not a path: ../etc/passwd"
  );
}

TEST_F(Credentials, SayWhyTheyAreMissing) {
  file("empty", "\n");
  file("huge", std::string(100'000, 'x'));

  EXPECT_EQ(
      said(credentials.credential("key")), (folder / "key").string() + ": No such file or directory"
  );
  EXPECT_EQ(said(credentials.file(folder)), folder.string() + " is a folder");
  EXPECT_EQ(said(credentials.credential("empty")), (folder / "empty").string() + " is empty");
  EXPECT_NE(said(credentials.credential("huge")).find("over 64 KiB"), std::string::npos);
}

TEST_F(Credentials, NeedTheServiceManagersFolder) {
  unsetenv("CREDENTIALS_DIRECTORY");

  EXPECT_NE(said(credentials.credential("key")).find("LoadCredential=key:PATH"), std::string::npos);
}

TEST_F(Credentials, MayComeFromTheEnvironment) {
  setenv("ROSTERD_TEST_KEY", "key", 1);

  EXPECT_EQ(said(credentials.environment("ROSTERD_TEST_KEY")), "the secret key");
  EXPECT_EQ(
      said(credentials.environment("ROSTERD_NO_KEY")),
      "there is no environment variable ROSTERD_NO_KEY"
  );
  unsetenv("ROSTERD_TEST_KEY");
}

}  // namespace rosterd::test
