"""What people send and print: the plan as PDF and Word, the summary for a committee, the register of approvals."""
