enum AssistantPlaceholder {}
