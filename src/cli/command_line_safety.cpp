// Holds, reconciliation and the audit, as they are written on the command line.

#include "parser.hpp"

namespace rosterd::cli {

namespace {

constexpr std::size_t hash_digits_min = 6;
constexpr std::size_t whole_hash_digits = 64;

void add_holds_list(Parser& parser, CLI::App& holds) {
  auto list = std::make_shared<HoldsList>();
  CLI::App* command = parser.add(
      holds,
      "list",
      "Removals that wait for approval, or were approved or rejected; oldest first",
      "  rosterd holds list\n  rosterd holds list --all --json"
  );
  parser.with_common(command, list->common);
  command->add_flag("--all", list->all, "Those that are over, too");
  command->add_option("--limit", list->limit, "At most this many")->capture_default_str();
  parser.becomes(command, list);
}

void add_holds_show(Parser& parser, CLI::App& holds) {
  auto show = std::make_shared<HoldsShow>();
  CLI::App* command = parser.add(
      holds,
      "show",
      "One hold: who would lose what, who brought it up, what approving and rejecting would do",
      "  rosterd holds show 3f2a9b01c4de"
  );
  parser.with_common(command, show->common);
  command->add_option("hash", show->hash, "The hold's hash, or the first six digits of it or more")
      ->required();
  parser.becomes(command, show, [show] {
    show->hash = hash_of("hash", show->hash, hash_digits_min);
  });
}

void add_holds_decide(
    Parser& parser, CLI::App& holds, const std::string& what, const std::string& examples, bool yes
) {
  auto decide = std::make_shared<HoldsDecide>();
  decide->approve = yes;
  CLI::App* command = parser.add(holds, yes ? "approve" : "reject", what, examples);
  parser.with_common(command, decide->common);
  command
      ->add_option("hash", decide->hash, "The hold's hash, or the first six digits of it or more")
      ->required();
  command
      ->add_option(
          "--person", decide->people, "Only what concerns this person (several are possible)"
      )
      ->allow_extra_args(false);
  command->add_option("--note", decide->note, "Why, for those who read it later");
  command->add_flag("-y,--yes", decide->yes, "Do not ask");
  parser.becomes(command, decide, [decide] {
    decide->hash = hash_of("hash", decide->hash, hash_digits_min);
    for (const std::string& person : decide->people) refuse_no_utf8("--person", person);
    refuse_no_utf8("--note", decide->note);
  });
}

void add_audit_export(Parser& parser, CLI::App& audit) {
  struct Texts {
    std::string from, to, format = "jsonl";
  };
  auto rows = std::make_shared<AuditExport>();
  auto texts = std::make_shared<Texts>();
  CLI::App* command = parser.add(
      audit,
      "export",
      "Print the record of a time range, oldest first",
      "  rosterd audit export --from 2026-03-01 --to 2026-04-01\n"
      "  rosterd audit export --format csv"
  );
  parser.with_config(command, rows->common);
  command->add_option("--from", texts->from, "Written at or after (RFC 3339 or YYYY-MM-DD, UTC)");
  command->add_option("--to", texts->to, "Written before (RFC 3339 or YYYY-MM-DD, UTC)");
  command
      ->add_option(
          "--format",
          texts->format,
          "jsonl or csv; both are for programs: values are exact, and nothing keeps a spreadsheet "
          "from taking one for a formula"
      )
      ->check(CLI::IsMember({"jsonl", "csv"}))
      ->capture_default_str();
  parser.becomes(command, rows, [rows, texts] {
    rows->from = optional_instant_of("--from", texts->from);
    rows->to = optional_instant_of("--to", texts->to);
    rows->csv = texts->format == "csv";
  });
}

void add_audit_verify(Parser& parser, CLI::App& audit) {
  auto verify = std::make_shared<AuditVerify>();
  CLI::App* command = parser.add(
      audit,
      "verify",
      "Check the chain of hashes, and name the first row that breaks it",
      "  rosterd audit verify\n"
      "  rosterd audit verify --head "
      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
  );
  parser.with_common(command, verify->common);
  command->add_option(
      "--head", verify->head, "A hash that was noted earlier and that the record must contain"
  );
  parser.becomes(command, verify, [verify] {
    if (verify->head.empty()) return;
    verify->head = hash_of("--head", verify->head, whole_hash_digits);
  });
}

}  // namespace

void add_hold_commands(Parser& parser) {
  CLI::App* holds = parser.add(
      "holds",
      "Removals that went over a budget of the guard, and decisions about them",
      "  rosterd holds list\n"
      "  rosterd holds show 3f2a9b01c4de\n"
      "  rosterd holds approve 3f2a9b01c4de"
  );
  holds->require_subcommand(1);
  add_holds_list(parser, *holds);
  add_holds_show(parser, *holds);
  add_holds_decide(
      parser,
      *holds,
      "Have exactly the removals of a hold done, and nothing else",
      "  rosterd holds approve 3f2a9b01c4de\n"
      "  rosterd holds approve 3f2a9b01c4de --person 4711 --yes\n"
      "  rosterd holds approve 3f2a9b01c4de --note 'the site in Lyon was closed'",
      true
  );
  add_holds_decide(
      parser,
      *holds,
      "Have the removals of a hold left undone, for as long as they would be asked for",
      "  rosterd holds reject 3f2a9b01c4de\n"
      "  rosterd holds reject 3f2a9b01c4de --person 4711 --note 'HR corrects it tomorrow'",
      false
  );
}

void add_reconcile(Parser& parser) {
  auto reconcile = std::make_shared<ReconcileCommand>();
  CLI::App* command = parser.add(
      "reconcile",
      "Compare everybody with the tenant now; ends with 2 when something differs",
      "  rosterd reconcile\n  rosterd reconcile --dry-run --json"
  );
  parser.with_common(command, reconcile->common);
  command->add_flag("--dry-run", reconcile->dry_run, "Only look: what differs is not repaired");
  parser.becomes(command, reconcile);
}

void add_audit_commands(Parser& parser) {
  CLI::App* audit = parser.add(
      "audit",
      "The record of every decision and operation",
      "  rosterd audit export --from 2026-03-01\n  rosterd audit verify"
  );
  audit->require_subcommand(1);
  add_audit_export(parser, *audit);
  add_audit_verify(parser, *audit);
}

}  // namespace rosterd::cli
