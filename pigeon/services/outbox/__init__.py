"""Jobs that are stored with the change that they follow from: `outbox`; `claimants` tells who works on one."""
