#include "adapters/extension/address.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace rosterd::extension {
namespace {

TEST(AddressText, IsTakenApart) {
  const auto address = parse_address("https://TENANT.us.webtask.io/adf6e2f2/api/");
  ASSERT_TRUE(address);
  EXPECT_TRUE(address->tls);
  EXPECT_EQ(address->host, "tenant.us.webtask.io");
  EXPECT_EQ(address->authority(), "tenant.us.webtask.io:443");
  EXPECT_EQ(address->host_header(), "tenant.us.webtask.io");
  EXPECT_EQ(address->path, "/adf6e2f2/api");
}

TEST(AddressText, MayBeIpv6WithAPort) {
  const auto address = parse_address("http://[::1]:8080/api");
  ASSERT_TRUE(address);
  EXPECT_TRUE(address->is_loopback());
  EXPECT_EQ(address->host, "::1");
  EXPECT_EQ(address->host_header(), "[::1]:8080");
}

TEST(AddressText, ThatIsNoneIsRefused) {
  for (const char* text :
       {"",
        "tenant.example/api",
        "ftp://tenant.example",
        "https://",
        "https://a b/",
        "https://host:0/",
        "https://host:99999/",
        "https://host:/",
        "https://[::1/",
        "https://[host]/",
        "https://host/api?x=1",
        "https://host/#top"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(ProxyText, MayLeaveOutTheSchemeAndHoldCredentials) {
  EXPECT_EQ(parse_proxy("proxy.example:3128")->authority(), "proxy.example:3128");
  EXPECT_EQ(parse_proxy("http://proxy.example")->authority(), "proxy.example:80");
  EXPECT_EQ(parse_proxy("http://me:p%40ss@proxy.example:3128/")->credentials, "me:p@ss");
  EXPECT_FALSE(parse_proxy("socks5://proxy.example:1080"));
  EXPECT_FALSE(parse_proxy("https://proxy.example"));
}

TEST(NoProxy, NamesHostsDomainsPortsAndEverything) {
  const auto peer = *parse_address("https://tenant.eu.auth0.com/api");
  EXPECT_TRUE(excluded_from_proxy("*", peer));
  EXPECT_TRUE(excluded_from_proxy("localhost, tenant.eu.auth0.com", peer));
  EXPECT_TRUE(excluded_from_proxy("AUTH0.com", peer));
  EXPECT_TRUE(excluded_from_proxy(".auth0.com", peer));
  EXPECT_TRUE(excluded_from_proxy("auth0.com:443", peer));
  EXPECT_FALSE(excluded_from_proxy("auth0.com:8443", peer));
  EXPECT_FALSE(excluded_from_proxy("uth0.com", peer));
  EXPECT_FALSE(excluded_from_proxy("", peer));
  EXPECT_FALSE(excluded_from_proxy(", .,", peer));
  EXPECT_TRUE(excluded_from_proxy("::1", *parse_address("https://[::1]/")));
}

TEST(RouteToThePeer, IsHttpsUnlessThePeerIsThisMachine) {
  EXPECT_THROW(route_to("target.base_url", "http://tenant.example/api", ""), std::invalid_argument);
  EXPECT_THROW(route_to("target.base_url", "nonsense", ""), std::invalid_argument);
  EXPECT_THROW(route_to("target.base_url", "https://me:you@host/api", ""), std::invalid_argument);
  EXPECT_NO_THROW(route_to("target.base_url", "http://localhost:8090/api", ""));
}

TEST(RouteToThePeer, NamesTheSettingThatIsWrong) {
  try {
    route_to("target.base_url", "http://tenant.example/api", "");
    FAIL() << "plain http was taken";
  } catch (const std::invalid_argument& error) {
    EXPECT_EQ(std::string(error.what()).find("target.base_url must start with https://"), 0U);
  }
}

class ProxyEnvironment : public testing::Test {
 protected:
  void SetUp() override { forget(); }
  void TearDown() override { forget(); }
  static void forget() {
    for (const char* name :
         {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"}) {
      unsetenv(name);
    }
  }
  static std::string proxy_of(const std::string& url, const std::string& configured = "") {
    const Route route = route_to("target.base_url", url, configured);
    return route.proxy ? route.proxy->authority() : "none";
  }
};

TEST_F(ProxyEnvironment, IsHonouredForHttps) {
  EXPECT_EQ(proxy_of("https://tenant.example/api"), "none");
  setenv("HTTPS_PROXY", "http://upper.example:1", 1);
  EXPECT_EQ(proxy_of("https://tenant.example/api"), "upper.example:1");
  setenv("https_proxy", "http://lower.example:2", 1);
  EXPECT_EQ(proxy_of("https://tenant.example/api"), "lower.example:2");
  setenv("NO_PROXY", "tenant.example", 1);
  EXPECT_EQ(proxy_of("https://tenant.example/api"), "none");
  EXPECT_EQ(proxy_of("https://tenant.example/api", "configured.example:3"), "configured.example:3");
}

TEST_F(ProxyEnvironment, OnAnotherMachineNeverSeesPlainHttp) {
  setenv("http_proxy", "http://proxy.example:3128", 1);
  EXPECT_EQ(proxy_of("http://127.0.0.1:8090/api"), "none");
  setenv("http_proxy", "http://127.0.0.1:3128", 1);
  EXPECT_EQ(proxy_of("http://127.0.0.1:8090/api"), "127.0.0.1:3128");
}

TEST_F(ProxyEnvironment, ThatMakesNoSenseIsAnErrorWithoutItsPassword) {
  setenv("https_proxy", "socks5://me:secret@proxy.example", 1);
  try {
    proxy_of("https://tenant.example/api");
    FAIL() << "a socks proxy was taken";
  } catch (const std::invalid_argument& error) {
    EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace rosterd::extension
