extension ToolStream: StreamTranslator {}
