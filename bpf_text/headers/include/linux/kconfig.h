/* Empty: the program text declares all it uses. libbcc insists on this file. */
