-- a copy of the database must not take the events of the original
UPDATE ir_mail_server
   SET webhook_secret = NULL,
       webhook_secret_previous = NULL,
       webhook_user = NULL,
       webhook_password = NULL,
       webhook_user_previous = NULL,
       webhook_password_previous = NULL,
       webhook_registered_datetime = NULL,
       webhook_registered_count = NULL,
       webhook_suspended = NULL,
       webhook_elsewhere = NULL,
       webhook_checked_datetime = NULL,
       webhook_moved_datetime = NULL,
       webhook_moved_from = NULL;

-- nor send what waits in the outbox of the original
UPDATE mail_delivery
   SET state = 'canceled',
       status = 'cancel'
 WHERE state IN ('waiting', 'calling', 'in_doubt');

-- nor change the original's account
UPDATE ir_mail_server
   SET smtp_pass = NULL,
       api_key = NULL
 WHERE provider IS NOT NULL;

-- OCA's mail_environment keeps the password in a column of its own
DO $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_attribute
         WHERE attrelid = 'ir_mail_server'::regclass
           AND attname = 'server_env_defaults'
           AND NOT attisdropped
    ) THEN
        UPDATE ir_mail_server
           SET server_env_defaults =
                   (server_env_defaults::jsonb - 'x_smtp_pass_env_default')::text
         WHERE provider IS NOT NULL;
    END IF;
END
$$;
