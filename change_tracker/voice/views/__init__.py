"""The pages of voice: what somebody says, and the change team's inbox."""
