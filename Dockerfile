# Untried: no container engine was at hand. It only calls `make`, as anyone does on their own machine.
#   docker build -t us-japan-550bn . && docker run --rm -v "$PWD/out:/project/reports" us-japan-550bn
FROM python:3.11-slim
RUN apt-get update && apt-get install -y --no-install-recommends chromium git make npm \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /project
COPY . .
RUN make .venv/built
CMD ["make", "reports"]
