# What one types most. Each target says what it does; `make` lists them.

.PHONY: help bank market test race generate ci soak bench

help: ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

bank: ## generate the examples and run the bank
	go generate ./example/... && go run ./example/bank

market: ## run the market
	go run ./example/market

test: ## run the tests of every package (under 3 minutes)
	go test ./...

race: ## run them under the race detector
	go test -race ./...

generate: ## write all generated files anew
	go generate ./...

ci: ## run what CI runs (under 15 minutes)
	bash .ci/run

soak: ## run everything at full size (under 60 minutes) and print a table
	bash .ci/soak

bench: ## compare with the plain-Go floors; feed the output to benchstat
	go test -run '^$$' -bench . -count 5 ./runtime/...
