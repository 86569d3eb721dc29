# Every command a developer needs; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help demo test bench drills fuzz odoo odoo-tests oca-tests dns-check dns-bench dns-messages dns-publish docs screenshots translations lint wheel clean

# The first interpreter that Odoo 17 supports and that can make a virtual
# environment (Debian splits ensurepip off).
PYTHON = $(or $(shell for candidate in python3 python3.11 python3.12 python3.10; do \
	$$candidate -c 'import ensurepip, sys, venv; sys.exit(not (3, 10) <= sys.version_info < (3, 13))' \
		>/dev/null 2>&1 && { echo $$candidate; break; }; done),$(error \
	Python 3.10, 3.11 or 3.12 with its venv module is needed \
	(on Debian and Ubuntu: the packages python3 and python3-venv)))

# `exec`, so that a signal sent to make reaches Python and not a shell above it.
RUN = exec $(PYTHON) -m dev.bootstrap

help: ## list the commands
	@echo 'Usage: make COMMAND'
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '  %-12s %s\n' "$$name" "$$text"; done

demo: ## run Odoo against local stand-ins of the services (ONCE=1: one pass, TRANSPORT=api, WEBHOOK_SERVER=1)
	@$(RUN) lab.demo $(if $(ONCE),--once) \
		$(if $(TRANSPORT),--transport $(TRANSPORT)) $(if $(WEBHOOK_SERVER),--webhook-server)

test: ## run all tests (FAST=1: without the slow ones; ARGS="-k word" or a path: handed to pytest)
	@$(RUN) dev.test $(if $(FAST),--fast) $(ARGS)

drills: ## real faults, and what became of each mail and event (ARGS="NAME": one of them)
	@$(RUN) lab.drills $(ARGS)

fuzz: ## search for hostile input that breaks something (SECONDS=600, ARGS="TARGET": one of them)
	@$(RUN) lab.fuzz $(if $(SECONDS),--seconds $(SECONDS)) $(ARGS)

bench: ## measure every line of the budget beside its peer (QUICK=1: in five minutes)
	@$(RUN) lab.bench $(if $(QUICK),--quick) $(ARGS)

odoo: ## odoo-bin on the development database (ARGS="shell", ARGS="-u mail_mailjet_aldeamo", ...)
	@$(RUN) dev.run $(ARGS)

odoo-tests: ## Odoo's own mail tests, without and with the addon, compared (slow)
	@$(RUN) dev.peer_tests

oca-tests: ## the OCA's mail addons: their tests, without and with ours, and what they promise (slow)
	@$(RUN) dev.oca_tests $(ARGS)

dns-check: ## check a domain's DNS (DOMAIN=… PROVIDER=mailjet NAMESERVER=127.0.0.1:5353 EXPECT=file.json)
	@$(RUN) dev.dns_check '$(DOMAIN)' $(if $(PROVIDER),--provider='$(PROVIDER)') \
		$(if $(NAMESERVER),--nameserver='$(NAMESERVER)') $(if $(EXPECT),--expect='$(EXPECT)') $(ARGS)

dns-publish: ## enter a record into the DNS of the running demo (NAME=… TYPE=TXT VALUE='…')
	@$(RUN) lab.dns_publish '$(NAME)' '$(or $(TYPE),TXT)' '$(VALUE)'

dns-bench: ## time the DNS checks beside checkdmarc
	@$(RUN) lab.dns_benchmark $(ARGS)

dns-messages: ## write docs/dns-messages.rst: all that the DNS check can say
	@$(RUN) dev.dns_messages

docs: ## build the documentation in .dev/docs
	@$(RUN) dev.docs

screenshots: ## take the documentation's pictures from a demo of its own (needs Chromium)
	@$(RUN) lab.screenshots

translations: ## write i18n/*.pot anew, and its terms into every language
	@$(RUN) dev.translations

lint: ## ruff, pylint-odoo and mypy
	@$(RUN) dev.lint

wheel: ## build dist/….whl, which holds the addon alone
	@$(RUN) pip wheel --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

clean: ## stop what is left running and remove everything made in this checkout
	@exec $(PYTHON) -m dev.clean
