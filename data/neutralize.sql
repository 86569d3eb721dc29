-- a copy of the database must not take the events of the original
UPDATE ir_mail_server
   SET webhook_secret = NULL,
       webhook_secret_previous = NULL;
