#include "tenant_fixture.hpp"
#include "test_authority.hpp"

#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <stdexcept>

namespace rosterd::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Tls : public TenantTest {
 protected:
  void serve(std::unique_ptr<asio::ssl::context> context, const std::string& host = "127.0.0.1") {
    context_ = std::move(context);
    secure_ = std::make_unique<ScriptedPeer>(loop, context_.get());
    config.base_url = "https://" + host + ":" + std::to_string(secure_->port()) + "/api";
    config.ca_file = authority.file();
  }
  ScriptedPeer& secure() { return *secure_; }

  std::string refusal() {
    token_is_given();
    const auto answer = add_alice();
    EXPECT_EQ(outcome(answer), "configuration 0");
    EXPECT_EQ(secure().seen().size(), 0U);
    EXPECT_EQ(log.text.find(config.client_secret.reveal()), std::string::npos) << log.text;
    EXPECT_EQ(log.text.find("token-1"), std::string::npos) << log.text;
    return answer ? "done" : answer.error().text;
  }

  void TearDown() override {
    if (secure_) {
      EXPECT_EQ(secure_->surprises(), std::vector<std::string>());
      EXPECT_EQ(secure_->unasked(), 0U);
      secure_->stop();
    }
    TenantTest::TearDown();
  }

  TestAuthority authority;

 private:
  std::unique_ptr<asio::ssl::context> context_;
  std::unique_ptr<ScriptedPeer> secure_;
};

TEST_F(Tls, ATrustedPeerIsCalledOverOneKeptConnection) {
  serve(authority.server("IP:127.0.0.1"));
  token_is_given();
  for (int i = 0; i < 3; ++i) {
    secure().expects("PATCH", staff_path + "/members");
    EXPECT_EQ(outcome(add_alice()), "done");
  }
  EXPECT_EQ(secure().connections(), 1U);
}

TEST_F(Tls, APeerIsRecognisedByItsName) {
  serve(authority.server("DNS:localhost"), "localhost");
  token_is_given();
  secure().expects("PATCH", staff_path + "/members");
  EXPECT_EQ(outcome(add_alice()), "done");
}

TEST_F(Tls, AnEndThatHasArrivedIsSeenBeforeWriting) {
  serve(authority.server("IP:127.0.0.1"));
  token_is_given();
  secure().expects("PATCH", staff_path + "/members").then_closes();
  secure().expects("PATCH", staff_path + "/members");
  EXPECT_EQ(outcome(add_alice()), "done");
  loop.poll();
  EXPECT_EQ(outcome(add_alice()), "done");
}

TEST_F(Tls, AHangUpAfterAMutatingCallIsUnknown) {
  serve(authority.server("IP:127.0.0.1"));
  token_is_given();
  secure().expects("PATCH", staff_path + "/members").hangs_up();
  EXPECT_EQ(outcome(add_alice()), "unknown 0");
}

TEST_F(Tls, AnotherHostsCertificateIsRefused) {
  serve(authority.server("DNS:elsewhere.example"));
  EXPECT_THAT(
      refusal(),
      HasSubstr("of 127.0.0.1 is for another host name: is the address in [target] right?")
  );
}

TEST_F(Tls, AnotherNameOfTheSameMachineIsRefused) {
  serve(authority.server("IP:127.0.0.1"), "localhost");
  EXPECT_THAT(refusal(), HasSubstr("of localhost is for another host name"));
}

TEST_F(Tls, AnExpiredCertificateIsRefused) {
  serve(authority.server("IP:127.0.0.1", -48h, 24h));
  EXPECT_THAT(refusal(), HasSubstr("of 127.0.0.1 has expired: it must be renewed there"));
}

TEST_F(Tls, ACertificateOfTheFutureIsRefused) {
  serve(authority.server("IP:127.0.0.1", 24h, 24h));
  EXPECT_THAT(
      refusal(), HasSubstr("of 127.0.0.1 is not valid yet: is this machine's clock right?")
  );
}

TEST_F(Tls, ASelfSignedCertificateIsRefused) {
  serve(TestAuthority::self_signed_server("IP:127.0.0.1"));
  EXPECT_THAT(
      refusal(),
      HasSubstr("of 127.0.0.1 is self-signed, or its authority is not trusted here (target.ca_file)"
      )
  );
}

TEST_F(Tls, AnUnknownAuthorityIsRefused) {
  const TestAuthority stranger;
  serve(stranger.server("IP:127.0.0.1"));
  EXPECT_THAT(
      refusal(),
      HasSubstr("of 127.0.0.1 comes from an authority that is not trusted here (target.ca_file)")
  );
}

TEST_F(Tls, TheSystemsStoreDoesNotTrustTheTestAuthority) {
  serve(authority.server("IP:127.0.0.1"));
  config.ca_file.clear();
  EXPECT_THAT(refusal(), HasSubstr("not trusted here"));
}

TEST_F(Tls, OlderVersionsAreRefused) {
  auto context = authority.server("IP:127.0.0.1");
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context->native_handle(), TLS1_1_VERSION);
  SSL_CTX_set_security_level(context->native_handle(), 0);
  serve(std::move(context));
  EXPECT_THAT(refusal(), HasSubstr("no TLS 1.2 or newer with 127.0.0.1: "));
}

TEST_F(Tls, APeerThatSpeaksPlainHttpIsRefused) {
  config.base_url = "https://127.0.0.1:" + std::to_string(tenant.port()) + "/api";
  token_is_given();
  const auto answer = add_alice();
  EXPECT_FALSE(answer);
  EXPECT_EQ(tenant.seen().size(), 0U);
}

TEST_F(Tls, AnAuthorityFileThatIsNotThereIsAnErrorAtOnce) {
  config.ca_file = "/nonexistent/authority.pem";
  EXPECT_THROW(client(), std::invalid_argument);
}

TEST_F(Tls, AProxyOpensATunnelWithItsCredentials) {
  TunnelProxy proxy(loop);
  serve(authority.server("IP:127.0.0.1"));
  config.proxy = "http://me:p%40ss@127.0.0.1:" + std::to_string(proxy.port());
  config.token_url = "https://127.0.0.1:" + std::to_string(secure().port()) + "/oauth/token";
  secure()
      .expects("POST", "/oauth/token")
      .replies(200, R"({"access_token":"token-1","expires_in":60})");
  secure().expects("PATCH", staff_path + "/members");

  EXPECT_EQ(outcome(add_alice()), "done");

  ASSERT_EQ(proxy.seen().size(), 2U);
  const std::string& head = proxy.seen().at(1);
  EXPECT_EQ(head.find("CONNECT 127.0.0.1:" + std::to_string(secure().port()) + " HTTP/1.1"), 0U);
  EXPECT_NE(head.find("Proxy-Authorization: Basic bWU6cEBzcw=="), std::string::npos) << head;
  EXPECT_EQ(head.find("token-1"), std::string::npos);
  EXPECT_EQ(secure().seen().at(1).authorization, "Bearer token-1");
  proxy.stop();
}

TEST_F(Tls, AProxyThatWantsOtherCredentialsIsAMatterOfConfiguration) {
  ScriptedPeer proxy(loop);
  serve(authority.server("IP:127.0.0.1"));
  config.proxy = "127.0.0.1:" + std::to_string(proxy.port());
  // Plain http goes through the proxy, too, in absolute form.
  proxy.expects("POST", config.token_url).replies(200, R"({"access_token":"token-1"})");
  proxy.expects("CONNECT", "127.0.0.1:" + std::to_string(secure().port())).replies(407);

  const auto answer = add_alice();

  EXPECT_EQ(outcome(answer), "configuration 0");
  EXPECT_NE(answer.error().text.find("407"), std::string::npos);
  proxy.stop();
}

}  // namespace
}  // namespace rosterd::test
