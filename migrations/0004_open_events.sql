-- An event that is due at once, as nearly all are that come in, enters one index and not two:
-- outbox_due has it.
DROP INDEX outbox_open;
CREATE INDEX outbox_open ON outbox (state) WHERE finished_at IS NULL AND due_at IS NOT 0;
