{
    "name": "What the benchmark compares with",
    "version": "17.0.1.0.0",
    "author": "mail_mailjet_aldeamo contributors",
    "license": "LGPL-3",
    "depends": ["base"],
}
